"""Find what an exercise needs of a notebook, in two readings.

The first reads names as the notebook was left, the second as they were at the end of the exercise's own cell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from grader.extract.binding_index import BindingIndex
from grader.extract.closure import Closure
from grader.extract.dependencies import Dependencies
from grader.extract.provided import ProvidedNames
from grader.extract.statements import Statement


def find_needs(
    start: Statement | None, name: str, index: BindingIndex, provided: ProvidedNames, *, early: bool = False
) -> Dependencies:
    """Return what an exercise needs, the whole notebook where names cannot be followed.

    Statements that may not be needed are optional then. For an early reading the notebook ends with the exercise's
    cell.
    """
    found = Dependencies(whole_notebook=True)
    if start and not index.intractable:
        found = Closure(index, provided, start.index, name, early=early).dependencies()
    if not found.whole_notebook and not _needs_whole_notebook(found, index):
        return found
    rest = {s.index for s in index.statements if s.names.dynamic or not _is_experiment(s, index, provided)}
    rest -= {i for i, bound in found.passed_over if index.statements[i].names.bound == {bound}}
    if early and start:
        rest = {i for i in rest if i <= index.end_of_cell(start.index)}
    return replace(found, hoisted=frozenset(), whole_notebook=True, optional=frozenset(rest - found.taken))


def second_needs(
    first: Dependencies, start: Statement | None, name: str, index: BindingIndex, provided: ProvidedNames
) -> Dependencies | None:
    """Return what an exercise needs in the second reading, or None if that is the same code."""
    run = first.taken | first.optional
    if start is None or max(run, default=-1) <= index.end_of_cell(start.index):
        return None
    second = find_needs(start, name, index, provided, early=True)
    texts = _texts(second.taken, index), _texts(second.optional, index)
    if texts == (_texts(first.taken, index), _texts(first.optional, index)):
        return None
    again = {i for i in run if index.statements[i].text in texts[0]}  # such as a second import of the same
    changed = {(i, n) for i, n in second.changed_below if i in run - again}
    return replace(second, cell=start.cell, changed_below=frozenset(changed))


def _texts(taken: Iterable[int], index: BindingIndex) -> list[str]:
    return sorted(index.statements[i].text for i in taken)


def _needs_whole_notebook(found: Dependencies, index: BindingIndex) -> bool:
    """Tell whether needed code looks names up, or may get them bound, when it runs."""
    if any(index.statements[i].names.dynamic for i in found.taken):
        return True
    return bool(found.unresolved and (index.opaque_stars or any(s.names.dynamic for s in index.statements)))


def _is_experiment(s: Statement, index: BindingIndex, provided: ProvidedNames) -> bool:
    """Tell whether a statement only experiments, deletes names, or binds what it must not."""
    bound = s.names.bound
    if isinstance(s.node, ast.Delete) and all(isinstance(target, ast.Name) for target in s.node.targets):
        return True
    return s.index in index.experiments or (
        bool(bound) and all(n in provided.rebuilt(s) or (s.index, n) in index.dropped for n in bound)
    )
