"""Sentences that tell a student how the notebook was read, where that was not simply top to bottom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.extract.cells import Cell, Statement
from grader.extract.closure import Need
from grader.extract.provided import Provided

_WORDS = re.compile(r"\w+")
_MOST = 50


def few(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return as many remarks as a person may want to read, and how many more there are."""
    found = tuple(remarks)
    return (
        found if len(found) <= _MOST else (*found[:_MOST], f"There are {len(found) - _MOST} more remarks like these.")
    )


def of_notebook(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return a remark for each cell that is not Python, and for each that goes on with what another begins."""
    return few(
        (
            *(f"Cell {c.number} was left out: it {c.problem}." for c in cells if c.problem),
            *(
                f"Cell {part} goes on with what cell {c.number} begins; they were read as one."
                for c in cells
                for part in c.parts
            ),
        )
    )


def of_need(
    name: str, need: Need, statements: Sequence[Statement], cells: Sequence[Cell], own: Provided
) -> Iterator[str]:
    """Yield what is worth saying about the code that one exercise needs."""
    if need.whole:
        yield f"`{name}` needs names that cannot be followed (exec, globals, %run): the whole notebook was run."
    for user, binder in sorted(need.hoisted):
        if (one := statements[user].cell) != (other := statements[binder].cell):
            yield f"Cell {one} needs what cell {other} further down defines; it was run after it."
    for again, taken in sorted(need.passed_over):
        yield f"`{taken}` is bound again in cell {statements[again].cell}; what it was before counts."
    for index in sorted(need.taken):
        for kept in sorted(statements[index].names.bound & own.names):
            if own.own(kept, index) and own.handed_out(kept):
                yield f"`{kept}` is your own, from cell {statements[index].cell}, not the one that was handed out."
    for cell in cells:
        if cell.problem and (missing := need.unresolved.intersection(_WORDS.findall(cell.source))):
            yield f"{_listed(missing)} may be meant to come from cell {cell.number}, which {cell.problem}."


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{n}`" for n in sorted(names))
