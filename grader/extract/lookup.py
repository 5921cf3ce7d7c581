"""Python's rules of scope: whether a name that is read or bound at a place is a global one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.extract.names import Change, Names, chain

_ALTERING = frozenset(
    {"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}
)
_DYNAMIC = frozenset({"exec", "eval", "globals", "vars", "__import__", "__main__"})
_DYNAMIC_ATTRIBUTES = frozenset({"__globals__", "f_globals", "user_ns", "user_global_ns", "run_cell"})


@dataclass(slots=True)
class Scope:
    """A function, class or comprehension, or the module: its own names, and those that it declares global."""

    kind: str
    names: set[str] = field(default_factory=set)
    global_names: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


class Scopes(ast.NodeVisitor):
    """Notes down what is read, bound and changed, in the scope that is being visited."""

    def __init__(self) -> None:
        self.names = Names()
        self.scopes = [Scope("module")]
        self.may = 0  # how many statements around this one may leave it out
        self.in_target = False

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)

    def read(self, name: str) -> None:
        deferred = False
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.global_names:
                deferred = deferred or scope.kind == "function"
                continue
            if scope.kind == "class" and depth:
                continue  # methods do not see the names of their class
            if name in scope.names and not (deferred and scope.kind == "module"):
                return  # but what a function calls itself by may be bound again before it is called
            deferred = deferred or scope.kind == "function"
        (self.names.later if deferred else self.names.now).add(name)
        if name in _DYNAMIC or (name == "locals" and len(self.scopes) == 1):
            self.names.dynamic = True

    def bind(self, name: str) -> None:
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
        if self.inside_function():
            self.names.effects.add(Change((name,), called=False))
        else:
            self.bind(name)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        in_sys = isinstance(node.value, ast.Name) and node.value.id == "sys"
        if node.attr in _DYNAMIC_ATTRIBUTES or (in_sys and node.attr == "modules"):
            self.names.dynamic = True
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and self.inside_function() and not self.is_local(node.func.id):
            self.names.calls.add(node.func.id)
        self.generic_visit(node)

    def change(self, node: ast.expr, *, called: bool) -> None:
        path = chain(node)
        if path and len(path) > 1:
            inner = self.inside_function()
            if not inner or not self.is_local(path[0]):
                (self.names.effects if inner else self.names.changes).add(Change(path, called))
            elif path[0] in self.scopes[-1].arguments and (not called or path[-1] in _ALTERING):
                self.names.alters = True

    def inside_function(self) -> bool:
        return any(s.kind == "function" for s in self.scopes)

    def is_local(self, name: str) -> bool:
        return any(name in s.names and name not in s.global_names for s in self.scopes[1:])
