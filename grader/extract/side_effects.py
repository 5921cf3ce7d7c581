"""Find what statements change on provided objects and in the process."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from grader.extract.statements import Statement
from grader.extract.syntax import Definition, attribute_path, own_scope

_WEIGHTS = frozenset({"data", "grad"})  # attributes of all tensors: setting them alters weights
HOOK_METHOD = re.compile(r"add_(perma_)?hook|register_\w*hook")
_DEFAULT_TYPE = re.compile(r"set_default_(dtype|tensor_type)")
_CONFIGURING = re.compile(
    r"apply|(monkey_?)?patch(_all)?|install|activate|chdir|setrecursionlimit|setlocale|set_event_loop\w*|append|insert|putenv"
)
_DISPLAYING = frozenset({
    "IPython", "alt", "bokeh", "circuitsvis", "cv", "display", "drive", "fig", "go", "google", "logging", "matplotlib",
    "mpl", "pd", "pio", "plotly", "plt", "px", "pylab", "seaborn", "sns", "st", "tqdm", "wandb",
})  # fmt: skip
"""Names under which notebooks import what only displays, logs or mounts something."""


@dataclass(slots=True)
class SideEffects:
    """A notebook's side effects on provided objects and the process, by statement.

    ``attributes`` maps each attribute that is set on a provided object to the statements that set or change it ("a*" is
    any that begins with "a"). ``altering`` are all statements that alter provided objects for later code. ``process``
    are statements that configure the process (``nest_asyncio.apply()``).
    """

    attributes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    altering: set[int] = field(default_factory=set)
    process: list[int] = field(default_factory=list)

    def needed_by(self, node: ast.AST) -> Iterator[int]:
        """Yield the statements that set the attributes which a statement or its functions read."""
        if self.attributes:
            read = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            read |= {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
            by_any_name = any(map(_reads_any_name, ast.walk(node)))
            for name in sorted(self.attributes):
                made = name.removesuffix("*")
                if by_any_name if not made else any(r == name or (r.startswith(made) and made != name) for r in read):
                    yield from self.attributes[name]


def find_side_effects(
    statements: Sequence[Statement], objects: Collection[str], modules: Collection[str], experiments: Collection[int]
) -> SideEffects:
    """Return the side effects of statements on provided objects and by calls of modules.

    Objects and modules are given by their names. ``experiments`` are statements that are known to alter provided
    objects.
    """
    effects = SideEffects(altering=set(experiments))
    setters = {name: found for s in statements for name in s.names.bound if (found := _set_by_call(s.node))}
    configuring = _Configuring(statements, modules)
    for s in statements:
        own = {*objects, *_loop_variables(s.node, objects)}
        for name in sorted(_set_attributes(s.node, own, setters)):
            effects.attributes[name].append(s.index)
            effects.altering.add(s.index)
        if any(_alters_objects(n, own) for n in own_scope(s.node)):
            effects.altering.add(s.index)
        if isinstance(s.node, ast.Expr | ast.Assign | ast.If | ast.Try) and configuring.in_scope(s.node):
            effects.process.append(s.index)
    for s in statements:
        for change in s.names.changes:
            for name in change.path[1:-1] if change.path[0] in objects else ():
                if name in effects.attributes and s.index not in effects.attributes[name]:
                    effects.attributes[name].append(s.index)
                    effects.altering.add(s.index)
    return effects


def _set_attributes(node: ast.stmt, objects: Collection[str], setters: Mapping[str, Collection[str]]) -> set[str]:
    """Return the attributes that a statement sets, itself or by functions that it calls."""
    found: set[str] = set()
    for part in own_scope(node):
        for holder, names in _attribute_settings(part):
            found |= names if _root_in(holder, objects) else set()
        match part:
            case ast.Call(func=ast.Name(id=called), args=args, keywords=keywords) if called in setters:
                given = [*args, *(k.value for k in keywords)]
                if not given or any(_root_in(a, objects) for a in given):
                    found |= {*setters[called]}
    if "*" in found:  # the names may stand somewhere else in the statement
        texts = (n.value for n in own_scope(node) if isinstance(n, ast.Constant))
        found |= {text for text in texts if isinstance(text, str) and text.isidentifier()}
    return found - _WEIGHTS


def _set_by_call(node: ast.stmt) -> set[str]:
    """Return the attributes that calling a function may set on its arguments."""
    if not isinstance(node, Definition):
        return set()
    return {name for part in ast.walk(node) for _, names in _attribute_settings(part) for name in names}


def _attribute_settings(node: ast.AST) -> Iterator[tuple[ast.expr, set[str]]]:
    """Yield each object that a node sets attributes on, with their names ("a*" for a prefix)."""
    match node:
        case ast.Attribute(ctx=ast.Store(), attr=attribute):
            yield node, {attribute}
        case (
            ast.Call(func=ast.Name(id="setattr") | ast.Attribute(attr="__setattr__"), args=[holder, name, _])
            | ast.Call(
                func=ast.Attribute(
                    value=holder,
                    attr="register_buffer" | "register_parameter" | "register_module" | "add_module" | "__setattr__",
                ),
                args=[name, *_],
            )
            | ast.Subscript(
                value=ast.Attribute(value=holder, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[holder]),
                slice=name,
                ctx=ast.Store(),
            )
        ):
            yield holder, {_name_pattern(name)}
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=holder, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[holder]),
                attr="update",
            ),
            keywords=keywords,
        ):
            yield holder, {k.arg or "*" for k in keywords} or {"*"}


def _name_pattern(name: ast.expr) -> str:
    match name:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return f"{text}*"
    return "*"


def _reads_any_name(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return False
        case ast.Call(func=ast.Name(id="getattr" | "vars")) | ast.Attribute(attr="__dict__", ctx=ast.Load()):
            return True
    return False


def _loop_variables(node: ast.stmt, objects: Collection[str]) -> set[str]:
    """Return loop variables over parts of objects: ``block`` in ``for block in model.blocks``."""
    return {
        name.id
        for loop in own_scope(node)
        if isinstance(loop, ast.For)
        and any(_root_in(n, objects) for n in ast.walk(loop.iter) if isinstance(n, ast.expr))
        for name in ast.walk(loop.target)
        if isinstance(name, ast.Name)
    }


def _alters_objects(node: ast.AST, objects: Collection[str]) -> bool:
    """Tell whether a node adds a hook to an object, or changes the default type of numbers."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return bool(_DEFAULT_TYPE.fullmatch(name) or (HOOK_METHOD.fullmatch(name) and _root_in(node.func, objects)))
    return False


class _Configuring:
    """Tells which code configures the process, by what it calls."""

    def __init__(self, statements: Sequence[Statement], modules: Collection[str]) -> None:
        imports = (n for s in statements for n in own_scope(s.node) if isinstance(n, ast.ImportFrom))
        self._modules = modules
        self._imported_as = {alias.asname: alias.name for n in imports for alias in n.names if alias.asname}
        self._functions: set[str] = set()
        self._functions = {s.node.name for s in statements if _returns_nothing(s.node) and self._in_function(s.node)}

    def in_scope(self, node: ast.stmt) -> bool:
        """Tell whether a statement does so itself."""
        return any(map(self._does, own_scope(node)))

    def _in_function(self, node: ast.FunctionDef) -> bool:
        return any(isinstance(n, ast.Expr) and self._does(n.value) for n in ast.walk(node))

    def _does(self, node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                called = self._imported_as.get(name, name)
                return name in self._functions or (name in self._modules and bool(_CONFIGURING.fullmatch(called)))
            case ast.Call(func=ast.Attribute(attr=name) as function) if _CONFIGURING.fullmatch(name):
                known = _root_in(function, self._modules) and not _root_in(function, _DISPLAYING)
                return known or _is_import(function.value) or self._of_environment(function)
            case ast.Call(func=ast.Attribute() as environment) | (ast.Subscript(ctx=ast.Store()) as environment):
                return self._of_environment(environment)
        return False

    def _of_environment(self, node: ast.expr) -> bool:
        path = attribute_path(node) or ()
        return "environ" in path and path[0] in self._modules


def _returns_nothing(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and not any(isinstance(n, ast.Return) and n.value for n in ast.walk(node))


def _is_import(node: ast.expr) -> bool:
    """Tell whether an expression imports a module: ``__import__("nest_asyncio")``."""
    match node:
        case ast.Call(func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module")):
            return True
    return False


def _root_in(node: ast.expr, names: Collection[str]) -> bool:
    match node:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="type"), args=[of])):  # an object's class
            return _root_in(of, names)
    path = attribute_path(node)
    return path is not None and path[0] in names
