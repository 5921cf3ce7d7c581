"""Collect the remarks about what in a notebook was not simply read from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from grader.extract import messages
from grader.extract.confusable_characters import first_confusable, skeleton
from grader.extract.dependencies import Dependencies
from grader.extract.provided import ProvidedNames
from grader.extract.statements import CodeCell, Statement
from grader.extract.unread_files import unread_modules

_WORD = re.compile(r"\w+")
_MAX_REMARKS = 50


def limit_remarks(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return the first 50 remarks, and one that says how many more there are."""
    found = tuple(remarks)
    if len(found) <= _MAX_REMARKS:
        return found
    return (*found[:_MAX_REMARKS], messages.more_remarks(len(found) - _MAX_REMARKS))


def notebook_remarks(cells: Sequence[CodeCell], lacking: frozenset[str] | None) -> Iterator[str]:
    """Yield sentences on cells that were left out, joined, or read with other characters.

    ``lacking`` are the names that a cell that is left out may define for an exercise, or None if it may be any.
    """
    for cell in cells:
        if cell.problem:
            words = _WORD.findall(f"{cell.source}\n{skeleton(cell.source)}") if lacking else ()
            needed = lacking is None or not lacking.isdisjoint(words)
            yield messages.cell_left_out(cell.number, str(cell.problem), needed=needed)
    for cell in cells:
        for part in cell.parts:
            yield messages.cell_continued(cell.number, part)
    for cell in cells:
        for found in cell.confusables:
            yield messages.confusable_read(cell.number, found.line, found.column, found.character, found.more)
    for cell in cells:
        if cell.mixed_indentation:
            yield messages.mixed_indentation(cell.number)


def dependency_remarks(
    name: str, needed: Dependencies, statements: Sequence[Statement], cells: Sequence[CodeCell], provided: ProvidedNames
) -> Iterator[str]:
    """Yield what is to be said about the code that an exercise needs."""
    if used := [file.path for c in cells if not c.number for n, file in enumerate(c.files) if n in needed.taken]:
        yield messages.files_used(used)
    if needed.cell:
        left_out = sorted(needed.changed_below)
        cells_below = dict.fromkeys(statements[i].cell for i, _ in left_out)
        yield messages.graded_as_it_stood([*dict.fromkeys(n for _, n in left_out)], [*cells_below], needed.cell)
    elif needed.whole_notebook:
        yield messages.whole_notebook(name)
    for user, binder in sorted(needed.hoisted):
        if (one := statements[user].cell) != (other := statements[binder].cell):
            yield messages.run_out_of_order(one, other)
    for index, other_name in sorted(needed.passed_over):
        yield messages.earlier_value_counts(other_name, statements[index].cell)
    doubtful = {(index, bound) for index, bound, _ in needed.doubtful if index in needed.taken}
    for index, other_name in sorted(doubtful - needed.passed_over):
        yield messages.earlier_value_may_count(other_name, statements[index].cell)
    for unresolved in sorted(needed.unresolved):
        if character := first_confusable(unresolved):
            yield messages.different_name(unresolved, character)
    for index in sorted(needed.taken):
        for bound in sorted(statements[index].names.bound & provided.names):
            if provided.is_own(bound, index) and provided.handed_out(bound):
                yield messages.own_instead_of_provided(bound, statements[index].cell)
    for module, cell_number, line, text in unread_modules(needed.taken, statements, cells, provided.libraries):
        yield messages.unread_module(module, cell_number, line, text)
    for cell in cells:
        if cell.problem and (names := needed.unresolved.intersection(_WORD.findall(cell.source))):
            yield messages.needed_from_broken_cell(names, cell.number, str(cell.problem))
