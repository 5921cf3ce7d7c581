"""Select the binding of an exercise's name that is graded, or say why none is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.extract import function_messages
from grader.extract.confusable_characters import skeleton
from grader.extract.missing_function import why_missing, why_unbound
from grader.extract.not_attempted import why_not_attempted
from grader.extract.overwritten_names import is_value, may_be_no_function
from grader.extract.source_size import compiler_error
from grader.extract.statements import CodeCell, Statement
from grader.extract.syntax import Definition, definition_of, own_scope
from grader.result import ExerciseStatus

_CODE_POINT = re.compile(r"U\+([0-9A-F]+)")


@dataclass(frozen=True, slots=True)
class SelectedBinding:
    """The statement whose binding of an exercise is graded.

    Where there is none, ``status`` and ``message`` say why. With neither, only running the notebook can bind the name;
    ``if_missing`` is the message if there is no function afterwards. ``rejected`` are statements whose bindings do not
    count. ``doubtful`` are later bindings that may turn out to be no function when they are run: then ``statement``
    counts.
    """

    statement: Statement | None
    status: ExerciseStatus | None = None
    message: str = ""
    remarks: tuple[str, ...] = ()
    rejected: tuple[int, ...] = ()
    if_missing: str = ""
    doubtful: tuple[int, ...] = ()


def select_binding(
    name: str,
    cells: Sequence[CodeCell],
    bindings: Sequence[Statement],
    results: Collection[tuple[int, str]],
    stub: Definition | None,
    misplaced: Callable[[bool], str],
) -> SelectedBinding:
    """Select the last binding that is an attempt at the exercise.

    ``bindings`` are all of its name, in run-all order; ``results`` are those that bind the name to an answer of the
    function. ``stub`` is the function as it was handed out. ``misplaced`` says where the function stands outside the
    code that is run, with True beside a definition that is empty.
    """
    meant = [s for s in bindings if name not in s.names.loops and (s.index, name) not in results]
    functions = [s for s in meant if not is_value(s.node, name)]
    broken = [c for c in cells if c.problem and _defines(name, c.source)]
    if broken and not functions:
        return _syntax_error(name, broken[-1])
    meant = functions or meant
    if not meant:
        return SelectedBinding(None, ExerciseStatus.MISSING, why_missing(name, cells, misplaced))
    reasons = {
        s.index: why for s in meant if (d := definition_of(s.node, name)) and (why := why_not_attempted(d, stub))
    }
    attempts = [s for s in meant if s.index not in reasons]
    if not attempts and broken:
        return _syntax_error(name, broken[-1])
    doubtful = _doubtful_bindings(name, attempts)
    chosen = attempts[-1 - len(doubtful)] if attempts else meant[-1]
    remarks = (
        *_binding_remarks(name, chosen, bindings, reasons, doubtful),
        *_deletion_remarks(name, chosen, cells),
        *(function_messages.also_in_broken_cell(name, c.number, str(c.problem), chosen.cell) for c in broken),
    )
    kept = {s.index for s in attempts}
    rejected = tuple(s.index for s in bindings if s.index not in kept)
    if not attempts:
        message = function_messages.not_attempted(name, chosen.cell, reasons[chosen.index], misplaced(True))
        return SelectedBinding(chosen, ExerciseStatus.NOT_ATTEMPTED, message, remarks, rejected)
    if problem := _compile_problem(name, chosen):
        return SelectedBinding(chosen, ExerciseStatus.SYNTAX_ERROR, problem, remarks, rejected)
    return SelectedBinding(chosen, None, "", remarks, rejected, why_unbound(name, chosen, cells), doubtful)


def _doubtful_bindings(name: str, attempts: Sequence[Statement]) -> tuple[int, ...]:
    """Return the last bindings if they may be no function and one before them is one."""
    last = next((at for at in reversed(range(len(attempts))) if not may_be_no_function(attempts[at].node, name)), None)
    return () if last is None else tuple(s.index for s in attempts[last + 1 :])


def _binding_remarks(
    name: str,
    chosen: Statement,
    bindings: Sequence[Statement],
    reasons: Mapping[int, str],
    doubtful: Collection[int],
) -> Iterator[str]:
    """Yield remarks about the bindings of a name that do not count."""
    counts = chosen.cell
    if others := [s for s in bindings if s.index < chosen.index and definition_of(s.node, name)]:
        yield function_messages.defined_more_than_once(name, [s.cell for s in (*others, chosen)], counts)
    if isinstance(chosen.node, ast.ClassDef) and not doubtful:
        yield function_messages.is_class(name, counts)
    for s in (s for s in bindings if s.index > chosen.index):
        again = function_messages.bound_again(name, s.cell, s.first_line)
        if s.index in doubtful:
            yield function_messages.bound_again_in_doubt(again, counts)
        elif s.index in reasons:
            yield function_messages.bound_again_not_attempted(again, counts)
        else:
            yield function_messages.bound_again_to_value(again, s.cell, counts)


def _deletion_remarks(name: str, chosen: Statement, cells: Sequence[CodeCell]) -> Iterator[str]:
    for s in (s for c in cells for s in c.statements if s.index > chosen.index):
        deleted = (n for n in own_scope(s.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del))
        if any(n.id == name for n in deleted):
            yield function_messages.deleted(name, s.cell, s.first_line, chosen.cell)


def _defines(name: str, source: str) -> bool:
    words = r"(?i:(?:async[ \t]+)?def|define|function|func|fn)"
    pattern = rf"^[ \t]*(?:{words}[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]+)?=(?!=))"
    return bool(re.search(pattern, skeleton(source), re.MULTILINE))


def _syntax_error(name: str, cell: CodeCell) -> SelectedBinding:
    """Return that an exercise's cell is not Python, with the most helpful reason."""
    problem, number = cell.problem, cell.number
    assert problem is not None  # noqa: S101 - the caller chose the cell for its problem
    line = problem.line
    if not line:
        message = function_messages.unreadable_cell(name, number, problem.reason)
    elif code_point := _CODE_POINT.search(problem.reason):
        character = chr(int(code_point[1], 16))
        column = cell.source.split("\n")[line - 1].find(character) + 1
        message = function_messages.unreadable_character(name, number, line, column, character)
    elif problem.text.startswith("```"):
        message = function_messages.unreadable_markdown(name, number, line)
    elif "tabs and spaces" in problem.reason:
        message = function_messages.unreadable_indentation(name, number, line)
    else:
        message = function_messages.unreadable_line(name, number, line, problem.reason, problem.text)
    return SelectedBinding(None, ExerciseStatus.SYNTAX_ERROR, message)


def _compile_problem(name: str, statement: Statement) -> str | None:
    """Return why Python's compiler rejects a statement that its parser accepts, or None."""
    if (error := compiler_error([statement.node])) is None:
        return None
    line = getattr(error, "lineno", None) or statement.first_line
    return function_messages.does_not_compile(name, statement.cell, line, getattr(error, "msg", None) or str(error))
