"""Extract the exercises' functions from a notebook: all steps of extraction, in order."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.extract import messages, misplaced_code
from grader.extract.binding_index import Index
from grader.extract.binding_selection import Pick, pick
from grader.extract.closure import Closure, Need
from grader.extract.extraction import Extraction, FunctionSource, Segment
from grader.extract.missing_function import look_alike, stand_in
from grader.extract.not_attempted import Definition, definition_of
from grader.extract.overwritten_names import taken_over
from grader.extract.provided import Provided
from grader.extract.recursion import with_room
from grader.extract.segments import Use, in_order, segments, spans
from grader.extract.statements import Cell, Statement, read_cells
from grader.result import ExerciseStatus


@with_room
def extract(
    notebook: Any,
    exercises: Sequence[str],
    provided: Collection[str],
    stub: Any = None,
    *,
    near_miss: bool = False,
) -> Extraction:
    """Take the exercises' functions out of a notebook, each with all that it needs and nothing else.

    ``notebook`` and ``stub`` (what students were given) are notebooks in nbformat 4; ``provided`` are names that the
    kernel holds already. With ``near_miss``, a function whose name is nearly that of one that is not there stands in
    for it. Never raises on a notebook that ``read_notebook`` returned; the same notebook gives the same answer every
    time.
    """
    cells = read_cells(notebook)
    statements = [s for c in cells for s in c.statements]
    handed_out = None if stub is None else [s for c in read_cells(stub) for s in c.statements]
    own = Provided(provided, statements, handed_out)
    bound = {name for s in statements for name in s.names.bound}
    written = {e: e if e in bound else look_alike(e, bound) for e in exercises}
    if near_miss:
        written |= {e: stand_in(e, statements, exercises) for e, other in written.items() if other not in bound}
    index = Index(statements, own.names, frozenset(written.values()))
    picks = {e: _pick(e, written[e], cells, index, handed_out, (notebook, stub)) for e in exercises}
    for e, p in picks.items():
        for i in p.rejected:
            index.drop(i, written[e])
        for i in p.doubtful:
            index.doubt(i, written[e])
    needs = {e: _need(p.statement, written[e], index, own) for e, p in picks.items() if p.status is None}
    return _assemble(cells, index, picks, needs, own, written)


def _pick(
    name: str,
    written: str,
    cells: Sequence[Cell],
    index: Index,
    handed_out: Sequence[Statement] | None,
    notebooks: tuple[Any, Any],
) -> Pick:
    bindings = [index.statements[i] for i in index.bindings.get(written, ())]
    results = taken_over(index.statements, written) if bindings else ()
    given = _last_definition(name, handed_out or ())
    found = pick(
        written, cells, bindings, results, given, lambda beside: misplaced_code.where(name, *notebooks, beside=beside)
    )
    if found.status is ExerciseStatus.MISSING and _may_be_bound(name, index):
        star = next((f" {_of_star(index.statements[i])}" for i in index.opaque_stars), "")
        return Pick(None, if_missing=f"{found.message}{star}")
    return found


def _of_star(s: Statement) -> str:
    return f"If `{s.text.partition(chr(10))[0]}` in cell {s.cell} was to bring it: copy the function into a code cell."


def _may_be_bound(name: str, index: Index) -> bool:
    """Tell whether running code may bind a name that no statement binds: ``global f``, ``globals()["f"] = g``."""
    if index.opaque_stars or any(c.path == (name,) for s in index.statements for c in s.names.effects):
        return True
    texts = (n.value for s in index.statements for n in ast.walk(s.node) if isinstance(n, ast.Constant))
    return any(s.names.dynamic for s in index.statements) and any(isinstance(x, str) and name in x for x in texts)


def _last_definition(name: str, statements: Sequence[Statement]) -> Definition | None:
    found = [d for s in statements if (d := definition_of(s.node, name))]
    return found[-1] if found else None


def _need(start: Statement | None, name: str, index: Index, own: Provided) -> Need:
    none = Need(whole=True)
    need = Closure(index, own).need(start.index, name) if start and not index.tangled else none
    if not need.whole and not _beyond(need, index):
        return need
    rest = {s.index for s in index.statements if s.names.dynamic or not _beside_the_point(s, index, own)}
    return replace(need, hoisted=frozenset(), whole=True, tried=frozenset(rest - need.taken))


def _beyond(need: Need, index: Index) -> bool:
    """Tell whether following names is not enough: the code needed looks names up, or needs one bound, while it runs."""
    if any(index.statements[i].names.dynamic for i in need.taken):
        return True
    return bool(need.unresolved and (index.opaque_stars or any(s.names.dynamic for s in index.statements)))


def _beside_the_point(s: Statement, index: Index, own: Provided) -> bool:
    """Tell whether a statement tries something on the model, or only binds or deletes names that it must not."""
    bound = s.names.bound
    if isinstance(s.node, ast.Delete) and all(isinstance(target, ast.Name) for target in s.node.targets):
        return True
    return s.index in index.experiments or (
        bool(bound) and all(n in own.rebuilt(s) or (s.index, n) in index.dropped for n in bound)
    )


def _assemble(
    cells: Sequence[Cell],
    index: Index,
    picks: Mapping[str, Pick],
    needs: Mapping[str, Need],
    own: Provided,
    written: Mapping[str, str],
) -> Extraction:
    uses = _uses(needs)
    order = in_order(uses, {pair for need in needs.values() for pair in need.hoisted})
    doubtful = {i: written[e] for e, p in picks.items() for i in p.doubtful}
    parts = [*segments(order, index.statements, uses, own, doubtful)]
    by_number = {c.number: c for c in cells}
    functions = {}
    for name, p in picks.items():
        found = needs.get(name)
        shown = found.taken if found else {p.statement.index} if p.statement else ()
        about = (*p.remarks, *messages.of_need(name, found, index.statements, cells, own)) if found else p.remarks
        if (other := written[name]) != name and p.statement:
            parts.append(Segment(p.statement.cell, f"{name} = {other}", frozenset({name}), p.statement.first_line))
            about = (messages.of_stand_in(name, other, p.statement.cell), *about)
        source = spans(shown, index.statements, by_number)
        functions[name] = FunctionSource(name, p.status, p.message, messages.few(about), source, p.if_missing)
    return Extraction(functions, tuple(parts), messages.of_notebook(cells), _apart(needs, index))


def _apart(needs: Mapping[str, Need], index: Index) -> bool:
    """Tell whether an exercise alters provided objects in a way that another does not ask for."""
    users = ({e for e, need in needs.items() if i in need.taken} for i in index.state.touching)
    return any(0 < len(found) < len(needs) for found in users)


def _uses(needs: Mapping[str, Need]) -> dict[int, Use]:
    uses: dict[int, Use] = {}
    for name, need in needs.items():
        for i in need.taken | need.tried:
            before = uses.get(i, Use(frozenset(), frozenset()))
            tried = frozenset({name}) if i in need.tried else frozenset()
            uses[i] = Use(before.exercises | {name}, before.optional | tried)
    return uses
