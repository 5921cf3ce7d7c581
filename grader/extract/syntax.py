"""Helpers for Python's syntax trees, and the record of what a statement does with names."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Function: TypeAlias = Definition | ast.Lambda
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_FILE_PATH = re.compile(r"[^\n]{1,200}\.\w{1,20}")
MAX_PATH = 200
"""Characters of a path that is followed."""
_MAX_TEXT = 200
_SCOPES = (*DEFINING, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to the object behind a name.

    ``path`` are the name and the attributes (``"[]"`` for an item) that lead to what is changed; ``called`` says that
    the last of them is called, ``incidental`` that the change is only a part of what its statement does.
    """

    path: tuple[str, ...]
    called: bool
    incidental: bool = False


@dataclass(slots=True)
class StatementNames:
    """What one top-level statement does with the notebook's global names.

    ``binds`` are names that it always binds, ``may_bind`` those that it binds on some branches, ``loops`` loop
    variables. ``now`` are names that it reads when it runs, ``later`` those that its functions read when they are
    called; so ``changes`` are made when it runs, ``effects`` (``global`` names too) when its functions are called.
    ``calls`` are names that its functions call, ``passes`` those that they hand on as they are, ``takes`` the
    attributes that they read of each name. ``mentions`` are short texts in the code of a module that it writes.
    ``alters`` says that they change their arguments, ``dynamic`` that names are looked up by text (``exec``,
    ``globals``).
    """

    binds: set[str] = field(default_factory=set)
    may_bind: set[str] = field(default_factory=set)
    loops: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    changes: set[Change] = field(default_factory=set)
    effects: set[Change] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    passes: set[str] = field(default_factory=set)
    takes: dict[str, set[str]] = field(default_factory=dict)
    mentions: set[str] = field(default_factory=set)
    alters: bool = False
    dynamic: bool = False

    @property
    def bound(self) -> set[str]:
        """All names that the statement binds or may bind."""
        return self.binds | self.may_bind | self.loops

    def taken_of(self, name: str) -> set[str]:
        """Return the attributes that the statement's functions read of a name."""
        return self.takes.get(name, set())


def global_name(node: ast.AST) -> str | None:
    """Return ``f`` for ``__main__.f``, ``builtins.f``, ``globals()["f"]`` and the like."""
    match node:
        case ast.Attribute(value=ast.Name(id="__main__" | "builtins"), attr=name):
            return name
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="globals" | "vars" | "locals"), args=[]),
            slice=ast.Constant(value=str(name)),
        ):
            return name
    return None


def module_file(module: str) -> str:
    """Return the name that stands for a module's file; its full stop keeps it apart."""
    return f"{module}.py"


def folder_name(path: str) -> str:
    """Return the name that stands for the last folder of a path."""
    return f"{path.rstrip('/').rpartition('/')[2]}/"


def file_names(path: str) -> tuple[str, ...]:
    """Return the names that stand for a file, the shortest first.

    There are none if the text is no path of a file. ``lens/core.py`` is ``core.py``, as it is imported from its own
    folder, and ``lens.core.py``; ``lens/__init__.py`` is ``lens.py``. A file that is no module is known by its name.
    """
    if not _FILE_PATH.fullmatch(path):
        return ()
    *folders, name = path.split("/")
    if not name.endswith(".py"):
        return (name,) if name.partition(".")[0] else ()
    parts = [
        re.sub(r"\W", "_", part) for part in (*folders, name.removesuffix(".py")) if part not in ("", ".", "..", "~")
    ]
    if parts[-1:] == ["__init__"] and len(parts) > 1:
        parts.pop()
    return tuple(module_file(".".join(parts[at:])) for at in reversed(range(len(parts))))


def short_texts(node: ast.AST) -> Iterator[str]:
    """Yield the short texts of a statement.

    Those with values in them are patterns: ``layer_{}.pt``.
    """
    inside: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            inside |= {id(value) for value in part.values}
            pieces = [v.value if isinstance(v, ast.Constant) else "{}" for v in part.values]
            text = "".join(map(str, pieces))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in inside:
            text = part.value
        else:
            continue
        if 0 < len(text) <= _MAX_TEXT and "\n" not in text:
            yield text


def attribute_path(node: ast.expr) -> tuple[str, ...] | None:
    """Return ``("model", "cfg")`` for ``model.cfg``, with "[]" for an item, else None."""
    steps: list[str] = []
    while True:
        match node:
            case ast.Attribute():
                steps.append(node.attr)
                node = node.value
            case ast.Subscript():
                steps.append("[]")
                node = node.value
            case ast.Name():
                return (node.id, *reversed(steps))
            case _:
                return None


def attributes_by_base(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Attribute, str]]:
    """Yield each attribute among nodes with the name that its path begins with, "" for none."""
    bases: dict[int, str] = {}  # else the path would be followed again for each part of it
    for node in nodes:
        if isinstance(node, ast.Attribute):
            path: list[int] = []
            part: ast.expr = node
            while isinstance(part, ast.Attribute | ast.Subscript) and id(part) not in bases:
                path.append(id(part))
                part = part.value
            base = part.id if isinstance(part, ast.Name) else bases.get(id(part), "")
            bases.update(dict.fromkeys(path, base))
            yield node, base


def called_name(call: ast.Call) -> str:
    """Return ``f`` for ``f(x)`` and ``m.f(x)``, else ""."""
    name: str = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name


def called_function(node: ast.expr) -> str | None:
    """Return ``f`` for ``f(x)``, ``f(x)[:2]`` and ``f(x).T.numpy()``, else None."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return node.func.id
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


@functools.lru_cache(maxsize=1000)  # each statement is walked many times, and syntax trees are never changed
def own_scope(statement: ast.AST) -> tuple[ast.AST, ...]:
    """Return a statement's nodes in the text's order, but not those of inner scopes."""
    nodes = []
    waiting = [statement]
    while waiting:
        nodes.append(node := waiting.pop())
        if not isinstance(node, _SCOPES):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return tuple(nodes)


def definition_of(statement: ast.stmt, name: str) -> Definition | None:
    """Return the last definition of a function in a statement's own scope, or None."""
    found: Definition | None = None
    for node in own_scope(statement):
        if isinstance(node, Definition) and node.name == name:
            found = node
    return found


def same_syntax(one: object, other: object) -> bool:
    """Tell whether two syntax trees are equal but for positions.

    It takes no longer than the smaller one needs.
    """
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, ast.AST):
            waiting += [(getattr(a, field, None), getattr(b, field, None)) for field in a._fields]
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            waiting += zip(a, b, strict=True)
        elif a != b:
            return False
    return True


def arguments(args: ast.arguments) -> Iterator[ast.arg]:
    """Yield all parameters of a signature."""
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (a for a in (args.vararg, args.kwarg) if a)


def local_names(function: Function, body: Sequence[ast.AST]) -> tuple[set[str], frozenset[str]]:
    """Return the names local to a function, and those that it declares global."""
    local = {a.arg for a in arguments(function.args)}
    outer: set[str] = set()
    global_names: set[str] = set()
    for node in _own_nodes(body):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                local.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                local.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                local.add(name)
            case ast.MatchMapping(rest=str(name)):
                local.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                local.update(a.asname or a.name.split(".")[0] for a in aliases)
            case ast.Global(names=names):
                global_names.update(names)
            case ast.Nonlocal(names=names):
                outer.update(names)
    return local - outer - global_names, frozenset(global_names)


def _own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Walk a function's body without inner scopes, with their targets of ``:=``."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _COMPREHENSIONS):
            waiting += [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
        elif not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
