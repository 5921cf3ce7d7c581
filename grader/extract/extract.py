"""From a notebook to what is run and graded: the paragraph that the other modules are the sentences of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grader.extract.attempt import Definition, definition_of
from grader.extract.cells import Cell, Statement, read_cells
from grader.extract.closure import Closure, Index, Need
from grader.extract.model import Extraction, FunctionSource
from grader.extract.pick import Pick, pick
from grader.extract.provided import Provided
from grader.extract.segments import in_order, segments, spans


def extract(notebook: Any, exercises: Sequence[str], provided: Collection[str], stub: Any = None) -> Extraction:
    """Take the exercises' functions out of a notebook, each with all that it needs and nothing else.

    ``notebook`` and ``stub`` (what students were given) are notebooks in nbformat 4; ``provided`` are names that the kernel holds already.
    Never raises on a notebook that ``read_notebook`` returned; the same notebook gives the same answer every time.
    """
    cells = read_cells(notebook)
    statements = [s for c in cells for s in c.statements]
    handed_out = None if stub is None else [s for c in read_cells(stub) for s in c.statements]
    own = Provided(provided, statements, handed_out)
    index = Index(statements, own.names, frozenset(exercises))
    picks = {e: _pick(e, cells, index, handed_out) for e in exercises}
    index.dropped.update((i, e) for e, p in picks.items() for i in p.rejected)
    needs = {e: _need(e, p.statement, index, own, cells) for e, p in picks.items() if p.statement and p.status is None}
    return _assemble(cells, statements, picks, needs, own)


def _pick(name: str, cells: Sequence[Cell], index: Index, handed_out: Sequence[Statement] | None) -> Pick:
    bindings = [index.statements[i] for i in index.bindings.get(name, ())]
    return pick(name, cells, bindings, _last_definition(name, handed_out or ()))


def _last_definition(name: str, statements: Sequence[Statement]) -> Definition | None:
    found = [d for s in statements if (d := definition_of(s.node, name))]
    return found[-1] if found else None


def _need(
    name: str, start: Statement, index: Index, own: Provided, cells: Sequence[Cell]
) -> tuple[Need, tuple[str, ...]]:
    need = Closure(index, own).need(start.index, name)
    remarks = [*_hoists(need, index.statements), *_own_names(need, index.statements, own)]
    if reason := _beyond(need, index, cells):
        everything = frozenset(s.index for s in index.statements if not _only_rebuilds(s, index, own))
        remarks.append(f"`{name}` {reason}, so the whole notebook was run for it.")
        return Need(everything | need.taken, need.unresolved, frozenset()), tuple(remarks)
    return need, (*remarks, *_in_broken_cells(need, cells))


def _only_rebuilds(s: Statement, index: Index, own: Provided) -> bool:
    """Tell whether all that a statement is for is to bind names that are provided, or an exercise anew that does not count."""
    return bool(s.names.bound) and all(n in own.rebuilt(s) or (s.index, n) in index.dropped for n in s.names.bound)


def _beyond(need: Need, index: Index, cells: Sequence[Cell]) -> str:
    """Return why following names is not enough for an exercise, or nothing."""
    if any(index.statements[i].names.dynamic for i in need.taken):
        return "needs code that looks names up while it runs (exec, eval or globals)"
    opaque = index.opaque_stars or any(s.names.dynamic for s in index.statements) or any(c.runs_a_file for c in cells)
    if need.unresolved and opaque:
        return f"needs {_listed(need.unresolved)}, which only running the notebook can bind"
    return ""


def _hoists(need: Need, statements: Sequence[Statement]) -> list[str]:
    return [
        f"cell {statements[user].cell} needs what cell {statements[binder].cell} defines further down; it was run after that cell."
        for user, binder in sorted(need.hoisted)
        if statements[user].cell != statements[binder].cell
    ]


def _own_names(need: Need, statements: Sequence[Statement], own: Provided) -> list[str]:
    return [
        f"`{name}` is your own (cell {statements[i].cell}), not the one that was handed out."
        for i in sorted(need.taken)
        for name in sorted(statements[i].names.bound & own.names)
        if own.own(name, i)
    ]


def _in_broken_cells(need: Need, cells: Sequence[Cell]) -> list[str]:
    return [
        f"{_listed(missing)} may be meant to come from cell {c.number}, which is not valid Python (line {c.problem.line}: {c.problem.reason})."
        for c in cells
        if c.problem and (missing := {n for n in need.unresolved if n in c.source})
    ]


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{n}`" for n in sorted(names))


def _assemble(
    cells: Sequence[Cell],
    statements: Sequence[Statement],
    picks: Mapping[str, Pick],
    needs: Mapping[str, tuple[Need, tuple[str, ...]]],
    own: Provided,
) -> Extraction:
    by_number = {c.number: c for c in cells}
    needed_by: dict[int, frozenset[str]] = {}
    for name, (need, _) in needs.items():
        for i in need.taken:
            needed_by[i] = needed_by.get(i, frozenset()) | {name}
    order = in_order(needed_by, {pair for need, _ in needs.values() for pair in need.hoisted})
    functions = {}
    for name, p in picks.items():
        need, remarks = needs.get(name, (None, ()))
        shown = need.taken if need else {p.statement.index} if p.statement else set()
        functions[name] = FunctionSource(
            name, p.status, p.message, (*p.remarks, *remarks), spans(shown, statements, by_number)
        )
    remarks = tuple(
        f"cell {c.number} is not valid Python (line {c.problem.line}: {c.problem.reason}) and was left out."
        for c in cells
        if c.problem
    )
    return Extraction(functions, tuple(segments(order, statements, needed_by, own)), remarks)
