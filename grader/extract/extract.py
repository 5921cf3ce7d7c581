"""From a notebook to what is run and graded: the paragraph that the other modules are the sentences of."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.extract import remarks
from grader.extract.attempt import Definition, definition_of
from grader.extract.cells import Cell, Statement, read_cells
from grader.extract.closure import Closure, Need
from grader.extract.index import Index
from grader.extract.model import Extraction, FunctionSource
from grader.extract.pick import Pick, pick
from grader.extract.provided import Provided
from grader.extract.segments import in_order, segments, spans
from grader.result import ExerciseStatus


def extract(notebook: Any, exercises: Sequence[str], provided: Collection[str], stub: Any = None) -> Extraction:
    """Take the exercises' functions out of a notebook, each with all that it needs and nothing else.

    ``notebook`` and ``stub`` (what students were given) are notebooks in nbformat 4; ``provided`` are names that the
    kernel holds already. Never raises on a notebook that ``read_notebook`` returned; the same notebook gives the same
    answer every time.
    """
    cells = read_cells(notebook)
    statements = [s for c in cells for s in c.statements]
    handed_out = None if stub is None else [s for c in read_cells(stub) for s in c.statements]
    own = Provided(provided, statements, handed_out)
    index = Index(statements, own.names, frozenset(exercises))
    picks = {e: _pick(e, cells, index, handed_out) for e in exercises}
    for e, p in picks.items():
        for i in p.rejected:
            index.drop(i, e)
    needs = {e: _need(p.statement, e, index, own, cells) for e, p in picks.items() if p.status is None}
    return _assemble(cells, index, picks, needs, own)


def _pick(name: str, cells: Sequence[Cell], index: Index, handed_out: Sequence[Statement] | None) -> Pick:
    bindings = [index.statements[i] for i in index.bindings.get(name, ())]
    found = pick(name, cells, bindings, _last_definition(name, handed_out or ()))
    return Pick(None) if found.status is ExerciseStatus.MISSING and _in_a_text(name, index) else found


def _in_a_text(name: str, index: Index) -> bool:
    """Tell whether running code may bind a name that stands only in a text: ``globals()["f"] = g``."""
    texts = (n.value for s in index.statements for n in ast.walk(s.node) if isinstance(n, ast.Constant))
    return any(s.names.dynamic for s in index.statements) and any(isinstance(x, str) and name in x for x in texts)


def _last_definition(name: str, statements: Sequence[Statement]) -> Definition | None:
    found = [d for s in statements if (d := definition_of(s.node, name))]
    return found[-1] if found else None


def _need(start: Statement | None, name: str, index: Index, own: Provided, cells: Sequence[Cell]) -> Need:
    none = Need(frozenset(), frozenset(), frozenset(), whole=True)
    need = Closure(index, own).need(start.index, name) if start and not index.tangled else none
    if not need.whole and not _beyond(need, index, cells):
        return need
    everything = frozenset(s.index for s in index.statements if s.names.dynamic or not _only_rebuilds(s, index, own))
    return replace(need, taken=everything | need.taken, hoisted=frozenset(), whole=True)


def _beyond(need: Need, index: Index, cells: Sequence[Cell]) -> bool:
    """Tell whether following names is not enough: the code needed looks names up, or needs one bound, while it runs."""
    if any(index.statements[i].names.dynamic for i in need.taken):
        return True
    opaque = index.opaque_stars or any(s.names.dynamic for s in index.statements) or any(c.runs_a_file for c in cells)
    return bool(need.unresolved and opaque)


def _only_rebuilds(s: Statement, index: Index, own: Provided) -> bool:
    """Tell whether a statement does nothing but bind provided names, or an exercise in a way that does not count."""
    return bool(s.names.bound) and all(n in own.rebuilt(s) or (s.index, n) in index.dropped for n in s.names.bound)


def _assemble(
    cells: Sequence[Cell], index: Index, picks: Mapping[str, Pick], needs: Mapping[str, Need], own: Provided
) -> Extraction:
    needed_by: dict[int, frozenset[str]] = {}
    for name, need in needs.items():
        for i in need.taken:
            needed_by[i] = needed_by.get(i, frozenset()) | {name}
    order = in_order(needed_by, {pair for need in needs.values() for pair in need.hoisted})
    parts = tuple(segments(order, index.statements, needed_by, own))
    by_number = {c.number: c for c in cells}
    functions = {}
    for name, p in picks.items():
        found = needs.get(name)
        shown = found.taken if found else {p.statement.index} if p.statement else ()
        about = (*p.remarks, *remarks.of_need(name, found, index.statements, cells, own)) if found else p.remarks
        source = spans(shown, index.statements, by_number)
        functions[name] = FunctionSource(name, p.status, p.message, about, source)
    return Extraction(functions, parts, remarks.of_notebook(cells))
