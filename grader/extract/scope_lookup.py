"""Python's scope rules: tell whether a name that is read or bound somewhere is global."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.extract.syntax import MAX_PATH, Change, StatementNames, attribute_path, called_name, file_names, folder_name

_ALTERING = re.compile(
    r"__set(attr|item)__|add|append(left)?|clear|discard|extend(left)?|fill|insert|pop(item|left)?|remove|setdefault|update|"
    r"[a-z]\w*[^\W_]_"  # torch's names of in-place operations
)
_ALTERING_FIRST = re.compile(
    r"copyto|delattr|fill_diagonal|heap(ify|pop|push|pushpop|replace)|insort\w*|next|setattr|shuffle|[a-z]\w*[^\W_]_"
)
_DYNAMIC = frozenset({"exec", "eval", "globals", "vars", "__import__", "__main__"})
_DYNAMIC_ATTRIBUTES = frozenset({"__globals__", "f_globals", "user_ns", "user_global_ns", "run_cell"})


@dataclass(slots=True)
class LexicalScope:
    """The own names of a module, function, class or comprehension, and its global ones."""

    kind: str
    names: set[str] = field(default_factory=set)
    global_names: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


class ScopeTracker(ast.NodeVisitor):
    """Records which names the scopes of one statement read, bind and change.

    ``may`` counts the enclosing blocks that may not run, ``in_target`` says that a loop's target is being visited.
    """

    def __init__(self) -> None:
        self.names = StatementNames()
        self.scopes = [LexicalScope("module")]
        self.may = 0
        self.in_target = False

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name as read or bound."""
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)

    def read(self, name: str) -> None:
        """Note a name as read now, or later where only a function in the statement reads it."""
        deferred = False
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.global_names:
                deferred = deferred or scope.kind == "function"
                continue
            if scope.kind == "class" and depth:
                continue  # methods do not see the names of their class
            if name in scope.names and not (deferred and scope.kind == "module"):
                return  # a function that calls itself reads its name later, when that may be bound again
            deferred = deferred or scope.kind == "function"
        (self.names.later if deferred else self.names.now).add(name)
        if name in _DYNAMIC or (name == "locals" and len(self.scopes) == 1):
            self.names.dynamic = True

    def bind(self, name: str) -> None:
        """Note a name as bound in the scope that is being visited."""
        scope = next(s for s in reversed(self.scopes) if s.kind != "comprehension")
        if name in scope.global_names:
            self.names.effects.add(Change((name,), called=False))
        elif scope.kind == "module":
            kind = self.names.loops if self.in_target else self.names.may_bind if self.may else self.names.binds
            kind.add(name)
            scope.names.add(name)
        else:
            scope.names.add(name)

    def bind_global(self, name: str) -> None:
        """Note that a name of the module is bound, from inside a function by its effects."""
        if self.inside_function():
            self.names.effects.add(Change((name,), called=False))
        else:
            self.bind(name)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Note the files and folders that a text outside functions names."""
        # A statement that names a file may write it: ``Path("helper.py").write_text(code)``.
        if self.inside_function() or not isinstance(node.value, str) or not node.value.endswith(".py"):
            return
        if files := file_names(node.value):
            self.names.may_bind.update(files)
            self.names.now.update(map(folder_name, node.value.split("/")[:-1]))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note which attribute is taken, and methods that alter their object."""
        in_sys = isinstance(node.value, ast.Name) and node.value.id == "sys"
        if node.attr in _DYNAMIC_ATTRIBUTES or (in_sys and node.attr == "modules"):
            self.names.dynamic = True
        self.take(node.value, node.attr)
        if _ALTERING.fullmatch(node.attr):  # called here, or by others: ``map(names.append, found)``
            self.change(node, called=True, incidental=True)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note that an item is taken."""
        self.take(node.value, "__getitem__")
        self.generic_visit(node)

    def take(self, value: ast.expr, attribute: str) -> None:
        """Note which attributes a function takes of a name that is not its own."""
        if isinstance(value, ast.Name) and self.inside_function() and not self.is_local(value.id):
            self.names.takes.setdefault(value.id, set()).add(attribute)

    def visit_Call(self, node: ast.Call) -> None:
        """Note what a call calls and passes on, and the folders that it may make."""
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                called = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
            case ast.Call(func=ast.Name(id="map" | "filter"), args=[function, *_]):
                called = [function]
            case _:
                called = []
        if self.inside_function():
            self.names.calls |= self.global_names([node.func, *called])
            self.names.passes |= self.global_names(_with_elements([*node.args, *(k.value for k in node.keywords)]))
        name = called_name(node)
        if name in ("mkdir", "makedirs", "Path") and not self.inside_function():
            texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
            short = (text.rstrip("/") for text in texts if len(text) < MAX_PATH)
            self.names.may_bind.update(folder_name(part) for text in short for part in text.split("/"))
        for altered in self.altered(node):
            self.change(altered, called=False, incidental=True)
        self.generic_visit(node)

    @staticmethod
    def altered(call: ast.Call) -> Iterator[ast.expr]:
        """Yield an item of each argument that a call alters, judging by the call's name."""
        name = called_name(call)
        first = call.args[:1] if _ALTERING_FIRST.fullmatch(name) else call.args[1:] if name == "exec" else []
        for value in (*first, *(k.value for k in call.keywords if k.arg == "out")):
            yield ast.Attribute(value, "[]", ast.Store())

    def change(self, node: ast.expr, *, called: bool, incidental: bool = False) -> None:
        """Note a change to the object behind an attribute or item, now or as an effect."""
        path = attribute_path(node)
        if path and len(path) > 1:
            inner = self.inside_function()
            if not inner or not self.is_local(path[0]):
                (self.names.effects if inner else self.names.changes).add(Change(path, called, incidental))
            elif any(path[0] in s.arguments for s in self.scopes) and (not called or _ALTERING.fullmatch(path[-1])):
                self.names.alters = True

    def global_names(self, nodes: Iterable[ast.expr]) -> set[str]:
        """Return the names among expressions that are no local ones."""
        return {n.id for n in nodes if isinstance(n, ast.Name) and not self.is_local(n.id)}

    def inside_function(self) -> bool:
        """Return whether a function in the statement is being visited."""
        return any(s.kind == "function" for s in self.scopes)

    def is_local(self, name: str) -> bool:
        """Return whether a name is a local one where the visit is."""
        return any(name in s.names and name not in s.global_names for s in self.scopes[1:])


def _with_elements(values: Sequence[ast.expr]) -> list[ast.expr]:
    """Return values, and what stands in those of them that are tuples or lists."""
    parts = [*values]
    for part in parts:  # grows while it is walked
        if isinstance(part, ast.Tuple | ast.List):
            parts += part.elts
    return parts
