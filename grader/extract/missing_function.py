"""Say why there is no function of a name, and which other one may be meant."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.extract.confusable_characters import looks, named, remedy, unlike
from grader.extract.not_attempted import Definition, definition_of
from grader.extract.statements import Cell, Statement
from grader.extract.syntax import own_scope

_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)


class _Place(NamedTuple):
    """Where a function is defined, and the class or function that it is in, as text."""

    at: str
    inside: str


def why_missing(name: str, cells: Sequence[Cell], elsewhere: Callable[[bool], str]) -> str:
    """Return where a function may be that no statement at the top level binds, and what to do, in a few sentences."""
    places = {n: place for c in cells for s in c.statements for n, place in _functions(s)}
    none = f"There is no function `{name}` in the notebook."
    if (alike := look_alike(name, places)) in places:
        at, inside = places[alike]
        odd = unlike(alike)
        written = f" Its name is written with {named(odd)}; {remedy(odd)}." if odd else ""
        return f"{none} The one in {at} is inside {inside}; move it to the top level.{written}"
    if other := elsewhere(False):
        return f"No code cell defines `{name}`. {other}"
    if near := nearest(name, places) or max((n for n in places if name.startswith(n)), key=len, default=""):
        at, inside = places[near]
        moved = f" It is inside {inside}; move it to the top level." if inside else ""
        return f"{none} Did you mean `{near}` in {at}? Rename it to `{name}`.{moved}"
    return none


def unbound(name: str, chosen: Statement, cells: Sequence[Cell]) -> str:
    """Return what to say when a statement that can bind a function did not, or not to one; "" if that is clear."""
    definition = definition_of(chosen.node, name)
    if definition is None:
        return ""
    if definition.decorator_list:
        first = definition.decorator_list[0]
        return (
            f"`{name}` in cell {chosen.cell} is no function once its decorator `@{ast.unparse(first)[:60]}` "
            f"(line {first.lineno}) was applied; let the decorator return a function, or remove it."
        )
    around = [n for n in own_scope(chosen.node) if isinstance(n, _COMPOUND) and _holds(n, definition)]
    if not around:
        return ""
    source = next(c.source for c in cells if c.number == chosen.cell).split("\n")
    line = around[-1].lineno
    return (
        f"`{name}` is defined in cell {chosen.cell}, line {definition.lineno}, below `{source[line - 1].strip()[:60]}` "
        f"(line {line}), and that part of the cell is not run; move it out of there, to the top level of the cell."
    )


def _holds(node: ast.stmt, inner: Definition) -> bool:
    return any(n is inner for n in own_scope(node))


def _functions(statement: Statement) -> Iterator[tuple[str, _Place]]:
    """Yield the name and the place of each function in a statement, and of a name that is given to a lambda."""
    waiting: list[tuple[ast.AST, str]] = [(statement.node, "")]
    for node, inside in waiting:  # grows while it is walked
        at = f"cell {statement.cell}, line {getattr(node, 'lineno', 0)}"
        within = inside
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, _Place(at, inside)
                within = f"the function `{name}`"
            case ast.ClassDef(name=name):
                within = f"the class `{name}`"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                yield name, _Place(at, inside)
        waiting += [(child, within) for child in ast.iter_child_nodes(node)]


def stand_in(name: str, statements: Sequence[Statement], exercises: Collection[str]) -> str:
    """Return the name of the top-level function that was likely meant as an exercise, or the exercise's own name."""
    there = {s.node.name for s in statements if isinstance(s.node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return nearest(name, sorted(there.difference(exercises))) or name


def look_alike(name: str, names: Iterable[str]) -> str:
    """Return the name that nobody can tell from another by looking, or that other one itself."""
    return next((n for n in sorted(names) if looks(n) == name), name)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is nearly another."""
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.75)), None)
