"""Determine which names one top-level statement binds, reads and changes.

Names in a function's body are read *later*, when it is called; those in a decorator, a default value or a class body
are read *now*.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from grader.extract.scope_lookup import LexicalScope, ScopeTracker
from grader.extract.syntax import (
    DEFINING,
    Change,
    Function,
    StatementNames,
    arguments,
    folder_name,
    global_name,
    local_names,
    module_file,
)

Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def names_of(statement: ast.stmt) -> StatementNames:
    """Return what a top-level statement does with names."""
    visitor = _StatementVisitor()
    visitor.visit(statement)
    names = visitor.names
    if not (isinstance(statement, DEFINING) or isinstance(getattr(statement, "value", None), ast.Lambda)):
        # A function inside such a statement is passed to something that may call it: ``model.add_hook(lambda x: ...)``.
        names.changes |= {replace(effect, incidental=True) for effect in names.effects}
    return names


class _StatementVisitor(ScopeTracker, ast.NodeVisitor):
    """Visit each kind of statement and expression."""

    def visit_Assign(self, node: ast.Assign) -> None:
        """Read the value before the targets are bound, as Python does."""
        self.visit(node.value)
        self.store(node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Read the annotation; without a value nothing is bound."""
        self.visit(node.annotation)
        if node.value:
            self.visit(node.value)
            self.store([node.target])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Read the target before it is bound: ``x += 1`` needs the ``x`` before."""
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.visit(node.value)
        self.store([node.target])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Read the value, then bind the name, in the scope around a comprehension."""
        self.visit(node.value)
        self.visit(node.target)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Count ``del a.b`` and ``del a[b]`` as changes of ``a``."""
        self.store([t for t in node.targets if not isinstance(t, ast.Name)])

    def store(self, targets: Iterable[ast.expr]) -> None:
        """Note what is assigned to: names, and objects by their attributes and items."""
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
                    self.change(part, called=False)
                    if name := global_name(part):
                        self.bind_global(name)
            self.visit(target)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Count a method that is called for its effect alone as a change of its object."""
        if isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Attribute):
                self.change(node.value.func, called=True)
            for altered in self.altered(node.value):
                self.change(altered, called=False)
        self.visit(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        """Read the module's files and bind its name, or the package's that holds it."""
        for alias in node.names:
            self.read_module(alias.name)
            self.names.dynamic = self.names.dynamic or alias.name == "__main__"
            top = alias.name.split(".")[0]
            if "." in alias.name and not alias.asname and len(self.scopes) == 1:
                self.names.changes.add(
                    Change(tuple(alias.name.split(".")), called=False)
                )  # gives the package a submodule
            self.bind(alias.asname or top)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Read the files of the module and of what is imported; ``*`` binds nothing known."""
        module = "." * node.level + (node.module or "")
        self.read_module(module)
        for alias in node.names:
            self.read_module(f"{module}{'.' * bool(node.module)}{alias.name}")
            if alias.name != "*":
                self.bind(alias.asname or alias.name)

    def read_module(self, name: str) -> None:
        """Read the files of a module and of the packages that it is in, or may be in."""
        level = len(name) - len(name.lstrip("."))
        parts = name.lstrip(".").split(".")
        for end in range(1, len(parts) + 1):
            self.read(module_file("." * level + ".".join(parts[:end])))
            self.read(folder_name(parts[end - 1]))

    # statements with branches -----------------------------------------------------------------------------------

    def visit_If(self, node: ast.If) -> None:
        """Visit the test, then both branches, of which one runs."""
        self.visit(node.test)
        self.branches([node.body, node.orelse])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Bind the target for the loop's body alone: there may be nothing to go through."""
        self.visit(node.iter)
        before = set(self.scopes[-1].names)
        self.in_target = len(self.scopes) == 1
        self.store([node.target])
        self.in_target = False
        self.branches([node.body])
        self.restore(before)
        self.branches([node.orelse])

    visit_AsyncFor = visit_For  # noqa: N815 - names of ast.NodeVisitor

    def visit_While(self, node: ast.While) -> None:
        """Visit the body and ``else``, neither of which needs to run."""
        self.visit(node.test)
        self.branches([node.body])
        self.branches([node.orelse])

    def visit_Try(self, node: ast.Try) -> None:
        """Visit the body and handlers, each of which may not run or end early."""
        self.branches([[*node.body, *node.orelse]])
        for handler in node.handlers:
            before = set(self.scopes[-1].names)
            if handler.type:
                self.visit(handler.type)
            if handler.name:
                self.bind_for_now(handler.name)
            self.branches([handler.body])
            self.restore(before)
        self.branches([node.finalbody])

    visit_TryStar = visit_Try  # type: ignore[assignment] # noqa: N815 - the same parts, under another name

    def visit_Match(self, node: ast.Match) -> None:
        """Visit the cases, of which one may run."""
        self.visit(node.subject)
        for case in node.cases:
            self.branches([[case]])

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """Bind a capture pattern's name."""
        self.generic_visit(node)
        if node.name:
            self.bind(node.name)

    visit_MatchStar = visit_MatchAs  # type: ignore[assignment] # noqa: N815 - both have an optional name

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """Bind the name of ``**rest``."""
        self.generic_visit(node)
        if node.rest:
            self.bind(node.rest)

    def branches(self, alternatives: Sequence[Sequence[ast.AST]]) -> None:
        """Visit branches of which one may run; what only some of them bind may be unbound then."""
        before = set(self.scopes[-1].names)
        after: list[set[str]] = []
        self.may += 1
        for branch in alternatives:
            for node in branch:
                self.visit(node)
            after.append(set(self.scopes[-1].names))
            self.restore(before)
        self.may -= 1
        if len(after) > 1:
            self.scopes[-1].names |= set.intersection(*after)

    def restore(self, before: set[str]) -> None:
        """Forget what was bound since ``before``, as it may not have been."""
        if self.scopes[-1].kind != "function":  # a function's names are local from its first line to its last
            self.scopes[-1].names = set(before)

    def bind_for_now(self, name: str) -> None:
        """Bind a name that is deleted after its block (``except ... as name``)."""
        if name not in self.scopes[-1].global_names:
            self.scopes[-1].names.add(name)

    # scopes ----------------------------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visit decorators and defaults now, bind the name, and visit the body in its scope."""
        for decorator in node.decorator_list:
            # ``@table.register`` changes an object, as a statement would.
            self.change(decorator.func if isinstance(decorator, ast.Call) else decorator, called=True)
            self.visit(decorator)
        self.signature(node.args)
        if node.returns:
            self.visit(node.returns)
        self.bind(node.name)
        self.body(node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - names of ast.NodeVisitor

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Visit defaults now, and the body in a scope of its own."""
        self.signature(node.args)
        self.body(node, [node.body])

    def signature(self, args: ast.arguments) -> None:
        """Visit default values and annotations, which are read when the function is defined."""
        for default in (*args.defaults, *(d for d in args.kw_defaults if d)):
            self.visit(default)
        for arg in arguments(args):
            if arg.annotation:
                self.visit(arg.annotation)

    def body(self, node: Function, body: Sequence[ast.AST]) -> None:
        """Visit a function's body in a scope of its own."""
        local, global_names = local_names(node, body)
        given = frozenset(a.arg for a in arguments(node.args)) - {"self", "cls"}
        self.within(LexicalScope("function", local, global_names, given), lambda: [self.visit(n) for n in body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit the body in the class's scope, then bind the name."""
        for outer in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outer)
        self.within(LexicalScope("class"), lambda: [self.visit(n) for n in node.body])
        self.bind(node.name)

    def comprehension(self, node: Comprehension) -> None:
        """Visit a comprehension, whose first iterable is read outside of its scope."""
        first, *others = node.generators
        self.visit(first.iter)
        targets = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        parts: list[ast.AST] = [*first.ifs]
        for generator in others:
            parts += [generator.iter, *generator.ifs]
        parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.within(LexicalScope("comprehension", targets), lambda: [self.visit(n) for n in parts])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension  # noqa: N815 - names of ast.NodeVisitor

    def within(self, scope: LexicalScope, visit: Callable[[], object]) -> None:
        """Visit something in an inner scope."""
        self.scopes.append(scope)
        visit()
        self.scopes.pop()
