"""Sentences that tell a student how the notebook was read, where that was not simply top to bottom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.extract.closure import Need
from grader.extract.confusable_characters import looks, named, remedy, unlike
from grader.extract.provided import Provided
from grader.extract.statements import Cell, Statement

_WORDS = re.compile(r"\w+")
_MOST = 50


def few(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return as many remarks as a person may want to read, and how many more there are."""
    found = tuple(remarks)
    return (
        found if len(found) <= _MOST else (*found[:_MOST], f"There are {len(found) - _MOST} more remarks like these.")
    )


def of_notebook(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return a remark for each cell that is not Python, that goes on with what another begins, or is so as it looks."""
    return few(
        (
            *(f"Cell {c.number} was left out: it {c.problem}." for c in cells if c.problem),
            *(
                f"Cell {part} goes on with what cell {c.number} begins; they were read as one."
                for c in cells
                for part in c.parts
            ),
            *(f"Cell {c.number}, {odd}" for c in cells for odd in c.odd),
            *(
                f"Cell {c.number} mixes tabs and blanks in its indents; indent with four blanks throughout."
                for c in cells
                if c.tabs
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
    for odd in sorted(name for name in need.unresolved if unlike(name)):
        yield f"`{odd}` is written with {named(unlike(odd))} and so is another name; {remedy(unlike(odd))}."
    for index in sorted(need.taken):
        for kept in sorted(statements[index].names.bound & own.names):
            if own.own(kept, index) and own.handed_out(kept):
                yield f"`{kept}` is your own, from cell {statements[index].cell}, not the one that was handed out."
    for cell in cells:
        if cell.problem and (missing := need.unresolved.intersection(_WORDS.findall(cell.source))):
            yield f"{_listed(missing)} may be meant to come from cell {cell.number}, which {cell.problem}."


def of_stand_in(name: str, other: str, cell: int) -> str:
    """Return what to say of a function under another name that is graded as an exercise."""
    if looks(other) == name:
        odd = unlike(other)
        return f"The name of `{name}` in cell {cell} is written with {named(odd)}; {remedy(odd)}."
    return f"`{other}` in cell {cell} is graded as `{name}`; give it that name."


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{n}`" for n in sorted(names))
