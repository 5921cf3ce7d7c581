"""Pick, for each exercise, the binding of its name that the student meant."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.extract.attempt import Definition, definition_of, why_not_attempted
from grader.extract.cells import Cell, Statement
from grader.extract.elsewhere import visible
from grader.extract.size import compiler_error
from grader.result import ExerciseStatus

_MOST_PLACES = 8
_UNSEEN = re.compile(r"non-printable character (U\+\w+)")


@dataclass(frozen=True, slots=True)
class Pick:
    """The statement that binds an exercise, or why none is graded; ``rejected`` are bindings that must not count.

    With neither, only running the notebook can bind it, and ``if_missing`` is what to say should it not.
    """

    statement: Statement | None
    status: ExerciseStatus | None = None
    message: str = ""
    remarks: tuple[str, ...] = ()
    rejected: tuple[int, ...] = ()
    if_missing: str = ""


def pick(
    name: str,
    cells: Sequence[Cell],
    bindings: Sequence[Statement],
    results: Collection[tuple[int, str]],
    stub: Definition | None,
    elsewhere: Callable[[], str] = str,
) -> Pick:
    """Pick the last binding that is an attempt at the exercise.

    ``bindings`` are all of its name, in run-all order; ``results`` are statements that put its own answers there.
    ``elsewhere`` says where a function stands that no code defines, if anywhere.
    """
    meant = [s for s in bindings if name not in s.names.loops and (s.index, name) not in results]
    broken = [c for c in cells if c.problem and _defines(name, c.source)]
    if not meant:
        return _syntax_error(name, broken[-1]) if broken else _missing(name, cells, elsewhere)
    reasons = {
        s.index: why for s in meant if (d := definition_of(s.node, name)) and (why := why_not_attempted(d, stub))
    }
    attempts = [s for s in meant if s.index not in reasons]
    if not attempts and broken:
        return _syntax_error(name, broken[-1])
    chosen = attempts[-1] if attempts else meant[-1]
    remarks = (*_about(name, chosen, bindings, reasons), *_left_out(name, chosen, broken))
    kept = {s.index for s in attempts}
    rejected = tuple(s.index for s in bindings if s.index not in kept)
    if not attempts:
        message = f"`{name}` in cell {chosen.cell} has not been attempted: {reasons[chosen.index]}"
        return Pick(chosen, ExerciseStatus.NOT_ATTEMPTED, message, remarks, rejected)
    if problem := _does_not_compile(name, chosen):
        return Pick(chosen, ExerciseStatus.SYNTAX_ERROR, problem, remarks, rejected)
    return Pick(chosen, None, "", remarks, rejected)


def _about(name: str, chosen: Statement, bindings: Sequence[Statement], reasons: Mapping[int, str]) -> list[str]:
    remarks = []
    if others := [s for s in bindings if s is not chosen and s.index < chosen.index and definition_of(s.node, name)]:
        places = list(dict.fromkeys(f"cell {s.cell}" for s in (*others, chosen)))
        places[_MOST_PLACES:-1] = ["..."] * (len(places) > _MOST_PLACES + 1)
        remarks.append(
            f"`{name}` is defined more than once ({', '.join(places)}); the one in cell {chosen.cell} counts."
        )
    for s in bindings:
        if s.index > chosen.index:
            what = "has not been attempted" if s.index in reasons else "puts something else under that name"
            remarks.append(
                f"`{name}` is bound again in cell {s.cell}, which {what}; the one in cell {chosen.cell} counts."
            )
    return remarks


def _left_out(name: str, chosen: Statement, broken: Sequence[Cell]) -> list[str]:
    return [
        f"Cell {c.number} also defines `{name}`, but {c.problem}; the one in cell {chosen.cell} counts."
        for c in broken
        if c.problem
    ]


def _defines(name: str, source: str) -> bool:
    pattern = rf"^[ \t]*(?:(?:async[ \t]+)?def[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]+)?=(?!=))"
    return bool(re.search(pattern, visible(source), re.MULTILINE))


def _syntax_error(name: str, cell: Cell) -> Pick:
    assert cell.problem is not None  # noqa: S101 - the caller chose it for its problem
    if not cell.problem.line:
        return Pick(None, ExerciseStatus.SYNTAX_ERROR, f"`{name}` cannot be read: cell {cell.number} {cell.problem}.")
    at = f"cell {cell.number}, line {cell.problem.line}"
    if odd := _UNSEEN.search(cell.problem.reason):
        message = f"`{name}` cannot be read: {at} holds an invisible character ({odd[1]}): type that line anew."
        return Pick(None, ExerciseStatus.SYNTAX_ERROR, message)
    message = f"`{name}` cannot be read: {at} is not valid Python ({cell.problem.reason}): `{cell.problem.text[:200]}`"
    return Pick(None, ExerciseStatus.SYNTAX_ERROR, message)


def _does_not_compile(name: str, statement: Statement) -> str | None:
    """Return what Python's compiler has against a statement."""
    if (error := compiler_error([statement.node])) is None:
        return None
    line = getattr(error, "lineno", None) or statement.first_line
    reason = getattr(error, "msg", None) or str(error)
    return f"`{name}` cannot be read: cell {statement.cell}, line {line} is not valid Python ({reason})."


def _missing(name: str, cells: Sequence[Cell], elsewhere: Callable[[], str]) -> Pick:
    message = f"there is no function `{name}` in the notebook."
    places: dict[str, tuple[int, int]] = {}
    for cell in cells:
        for statement in cell.statements:
            for node in ast.walk(statement.node):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    places[node.name] = (cell.number, node.lineno)
    if name in places:
        number, line = places[name]
        message += f" The one in cell {number}, line {line} is inside a class or a function; move it to the top level."
    elif place := elsewhere():
        message = f"no code cell defines `{name}`. {place}"
    elif near := _nearest(name, places):
        number, line = places[near]
        message += f" Did you mean `{near}` in cell {number}, line {line}? Rename it to `{name}`."
    return Pick(None, ExerciseStatus.MISSING, message[0].upper() + message[1:])


def stand_in(name: str, statements: Sequence[Statement], exercises: Collection[str]) -> str:
    """Return the name of the top-level function that was likely meant as an exercise, or the exercise's own name."""
    there = {s.node.name for s in statements if isinstance(s.node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return _nearest(name, sorted(there.difference(exercises))) or name


def _nearest(name: str, names: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.75)), None)
