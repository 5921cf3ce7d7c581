"""Pick, for each exercise, the binding of its name that the student meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.extract.confusable_characters import looks, named, remedy
from grader.extract.missing_function import unbound, why_missing
from grader.extract.not_attempted import Definition, definition_of, why_not_attempted
from grader.extract.overwritten_names import is_value, may_be_no_function
from grader.extract.source_size import compiler_error
from grader.extract.statements import Cell, Statement
from grader.extract.syntax import own_scope
from grader.result import ExerciseStatus

_MOST_PLACES = 8
_ODD = re.compile(r"U\+([0-9A-F]+)")


@dataclass(frozen=True, slots=True)
class Pick:
    """The statement that binds an exercise, or why none is graded; ``rejected`` are bindings that must not count.

    With neither, only running the notebook can bind it; ``if_missing`` is what to say should there be no function then.
    ``doubtful`` are bindings that may be to something else, in which case the one before them counts.
    """

    statement: Statement | None
    status: ExerciseStatus | None = None
    message: str = ""
    remarks: tuple[str, ...] = ()
    rejected: tuple[int, ...] = ()
    if_missing: str = ""
    doubtful: tuple[int, ...] = ()


def pick(
    name: str,
    cells: Sequence[Cell],
    bindings: Sequence[Statement],
    results: Collection[tuple[int, str]],
    stub: Definition | None,
    elsewhere: Callable[[bool], str],
) -> Pick:
    """Pick the last binding that is an attempt at the exercise.

    ``bindings`` are all of its name, in run-all order; ``results`` are statements that put its own answers there.
    ``elsewhere`` says where a function stands that no code defines, or (True) that stands beside an empty one.
    """
    meant = [s for s in bindings if name not in s.names.loops and (s.index, name) not in results]
    functions = [s for s in meant if not is_value(s.node, name)]
    broken = [c for c in cells if c.problem and _defines(name, c.source)]
    if broken and not functions:
        return _syntax_error(name, broken[-1])
    meant = functions or meant
    if not meant:
        return Pick(None, ExerciseStatus.MISSING, why_missing(name, cells, elsewhere))
    reasons = {
        s.index: why for s in meant if (d := definition_of(s.node, name)) and (why := why_not_attempted(d, stub))
    }
    attempts = [s for s in meant if s.index not in reasons]
    if not attempts and broken:
        return _syntax_error(name, broken[-1])
    doubtful = _doubtful(name, attempts)
    chosen = attempts[-1 - len(doubtful)] if attempts else meant[-1]
    remarks = (
        *_about(name, chosen, bindings, reasons, doubtful),
        *_deleted(name, chosen, cells),
        *_left_out(name, chosen, broken),
    )
    kept = {s.index for s in attempts}
    rejected = tuple(s.index for s in bindings if s.index not in kept)
    if not attempts:
        message = f"`{name}` in cell {chosen.cell} has not been attempted: {reasons[chosen.index]} {elsewhere(True)}"
        return Pick(chosen, ExerciseStatus.NOT_ATTEMPTED, message.strip(), remarks, rejected)
    if problem := _does_not_compile(name, chosen):
        return Pick(chosen, ExerciseStatus.SYNTAX_ERROR, problem, remarks, rejected)
    return Pick(chosen, None, "", remarks, rejected, unbound(name, chosen, cells), doubtful)


def _doubtful(name: str, attempts: Sequence[Statement]) -> tuple[int, ...]:
    """Return the last bindings that may turn out to be no function, if there is one before them that is."""
    last = next((at for at in reversed(range(len(attempts))) if not may_be_no_function(attempts[at].node, name)), None)
    return () if last is None else tuple(s.index for s in attempts[last + 1 :])


def _about(
    name: str,
    chosen: Statement,
    bindings: Sequence[Statement],
    reasons: Mapping[int, str],
    doubtful: Collection[int],
) -> list[str]:
    remarks = []
    if others := [s for s in bindings if s is not chosen and s.index < chosen.index and definition_of(s.node, name)]:
        places = list(dict.fromkeys(f"cell {s.cell}" for s in (*others, chosen)))
        places[_MOST_PLACES:-1] = ["..."] * (len(places) > _MOST_PLACES + 1)
        remarks.append(
            f"`{name}` is defined more than once ({', '.join(places)}); the one in cell {chosen.cell} counts."
        )
    if isinstance(chosen.node, ast.ClassDef) and not doubtful:
        remarks.append(
            f"`{name}` in cell {chosen.cell} is a class, so that calling it makes an object of it; hand in a function."
        )
    for s in (s for s in bindings if s.index > chosen.index):
        again = f"`{name}` is bound again in cell {s.cell}, line {s.first_line}"
        if s.index in doubtful:
            remarks.append(f"{again}; should that be no function, the one in cell {chosen.cell} counts.")
        elif s.index in reasons:
            remarks.append(f"{again}, where it has not been attempted; the one in cell {chosen.cell} counts.")
        else:
            remarks.append(
                f"{again}, to something that is no function: when the notebook is run, it takes the function's place. "
                f"The one in cell {chosen.cell} counts; give what is in cell {s.cell} another name."
            )
    return remarks


def _deleted(name: str, chosen: Statement, cells: Sequence[Cell]) -> Iterator[str]:
    for s in (s for c in cells for s in c.statements if s.index > chosen.index):
        gone = (n for n in own_scope(s.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del))
        if any(n.id == name for n in gone):
            place = f"cell {s.cell}, line {s.first_line}"
            yield f"`{name}` is deleted in {place}; the one in cell {chosen.cell} counts. Remove that line."


def _left_out(name: str, chosen: Statement, broken: Sequence[Cell]) -> list[str]:
    return [
        f"Cell {c.number} also defines `{name}`, but {c.problem}; the one in cell {chosen.cell} counts."
        for c in broken
        if c.problem
    ]


def _defines(name: str, source: str) -> bool:
    words = r"(?i:(?:async[ \t]+)?def|define|function|func|fn)"
    pattern = rf"^[ \t]*(?:{words}[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]+)?=(?!=))"
    return bool(re.search(pattern, looks(source), re.MULTILINE))


def _syntax_error(name: str, cell: Cell) -> Pick:
    assert cell.problem is not None  # noqa: S101 - the caller chose it for its problem
    if not cell.problem.line:
        return Pick(None, ExerciseStatus.SYNTAX_ERROR, f"`{name}` cannot be read: cell {cell.number} {cell.problem}.")
    at = f"cell {cell.number}, line {cell.problem.line}"
    if odd := _ODD.search(cell.problem.reason):
        character = chr(int(odd[1], 16))
        column = cell.source.split("\n")[cell.problem.line - 1].find(character) + 1
        message = f"{at}, column {column} holds {named(character)}; {remedy(character)}."
        return Pick(None, ExerciseStatus.SYNTAX_ERROR, f"`{name}` cannot be read: {message}")
    if cell.problem.text.startswith("```"):
        message = f"`{name}` cannot be read: {at} is Markdown, not Python; remove the lines that begin with ````."
        return Pick(None, ExerciseStatus.SYNTAX_ERROR, message)
    if "tabs and spaces" in cell.problem.reason:
        message = f"`{name}` cannot be read: {at} is indented by a tab where others are by blanks; use blanks alone."
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
