"""Explain why no function has an exercise's name, and find the one that may be meant."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.extract import function_messages
from grader.extract.confusable_characters import first_confusable, skeleton
from grader.extract.statements import CodeCell, Statement
from grader.extract.syntax import Definition, definition_of, own_scope

_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)


class _FunctionPlace(NamedTuple):
    """Where a function is defined, and the class or function that it is inside, both as text."""

    at: str
    inside: str


def why_missing(name: str, cells: Sequence[CodeCell], misplaced: Callable[[bool], str]) -> str:
    """Return where a function may be that no top-level statement binds, and what to do.

    ``misplaced`` says where it stands outside the code that is run (see ``find_misplaced``).
    """
    places = {n: place for c in cells for s in c.statements for n, place in _functions(s)}
    if (alike := lookalike_name(name, places)) in places:
        at, inside = places[alike]
        return function_messages.missing_but_inside(name, at, inside, first_confusable(alike))
    if other := misplaced(False):
        return function_messages.missing_but_misplaced(name, other)
    if near := nearest_name(name, places) or max((n for n in places if name.startswith(n)), key=len, default=""):
        return function_messages.missing_but_near(name, near, *places[near])
    return function_messages.missing(name)


def why_unbound(name: str, chosen: Statement, cells: Sequence[CodeCell]) -> str:
    """Return why running a statement binds a name to no function; "" if it surely binds one."""
    definition = definition_of(chosen.node, name)
    if definition is None:
        return ""
    if definition.decorator_list:
        first = definition.decorator_list[0]
        return function_messages.undone_by_decorator(name, chosen.cell, ast.unparse(first), first.lineno)
    around = [n for n in own_scope(chosen.node) if isinstance(n, _COMPOUND) and _contains(n, definition)]
    if not around:
        return ""
    source = next(c.source for c in cells if c.number == chosen.cell).split("\n")
    line = around[-1].lineno
    return function_messages.in_unused_block(name, chosen.cell, definition.lineno, source[line - 1].strip(), line)


def _contains(node: ast.stmt, inner: Definition) -> bool:
    return any(n is inner for n in own_scope(node))


def _functions(statement: Statement) -> Iterator[tuple[str, _FunctionPlace]]:
    """Yield the name and place of each function in a statement, assigned lambdas included."""
    waiting: list[tuple[ast.AST, str]] = [(statement.node, "")]
    for node, inside in waiting:  # grows while it is walked
        at = function_messages.function_place(statement.cell, getattr(node, "lineno", 0))
        within = inside
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, _FunctionPlace(at, inside)
                within = f"the function `{name}`"
            case ast.ClassDef(name=name):
                within = f"the class `{name}`"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                yield name, _FunctionPlace(at, inside)
        waiting += [(child, within) for child in ast.iter_child_nodes(node)]


def near_miss_name(name: str, statements: Sequence[Statement], exercises: Collection[str]) -> str:
    """Return the function whose name is nearly an exercise's, else the exercise's name.

    The functions of other exercises do not count.
    """
    there = {s.node.name for s in statements if isinstance(s.node, Definition)}
    return nearest_name(name, sorted(there.difference(exercises))) or name


def lookalike_name(name: str, names: Iterable[str]) -> str:
    """Return the first of the names that looks exactly like a name, or that name itself."""
    return next((n for n in sorted(names) if skeleton(n) == name), name)


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most similar to another, if one is similar enough."""
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.75)), None)
