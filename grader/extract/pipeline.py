"""Extract the exercises' functions from a notebook: all steps of extraction, in order."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.extract import function_messages, remarks
from grader.extract.binding_index import BindingIndex
from grader.extract.binding_selection import SelectedBinding, select_binding
from grader.extract.confusable_characters import first_confusable, skeleton
from grader.extract.dependencies import Dependencies
from grader.extract.extraction import Extraction, FunctionSource, Segment
from grader.extract.misplaced_code import find_misplaced
from grader.extract.missing_function import lookalike_name, near_miss_name
from grader.extract.needs import find_needs, second_needs
from grader.extract.overwritten_names import bound_to_answers
from grader.extract.provided import ProvidedNames
from grader.extract.recursion import with_deep_recursion
from grader.extract.segments import StatementUse, execution_order, make_segments, source_spans
from grader.extract.statements import CodeCell, read_cells
from grader.extract.stub import Stub, parse_stub
from grader.result import ExerciseStatus


def extract(
    notebook: Any,
    exercises: Sequence[str],
    provided: Collection[str],
    stub: Any = None,
    *,
    near_miss: bool = False,
    packages: Collection[str] = (),
    files: Mapping[str, str] | None = None,
) -> Extraction:
    """Take the exercises' functions out of a notebook, each with all that it needs.

    Nothing else is taken. ``notebook`` is one in nbformat 4. ``stub`` is what students were given: a :class:`Stub`, or
    a notebook that is parsed for this one call. ``provided`` are names that the kernel holds already, ``packages``
    those of libraries that the course uses. With ``near_miss``, a function with nearly the name of a missing one is
    graded as that. ``files`` are the texts of files that lie beside the notebook, as :func:`read_cells` takes them.
    Never raises on a notebook that ``read_notebook`` returned; the same notebook gives the same extraction every time.
    """
    given = stub if stub is None or isinstance(stub, Stub) else parse_stub(stub)
    return _extract(notebook, exercises, provided, given, packages, files, near_miss=near_miss)


@with_deep_recursion
def _extract(
    notebook: Any,
    exercises: Sequence[str],
    names: Collection[str],
    stub: Stub | None,
    packages: Collection[str],
    files: Mapping[str, str] | None,
    *,
    near_miss: bool,
) -> Extraction:
    cells = read_cells(notebook, files)
    statements = [s for c in cells for s in c.statements]
    provided = ProvidedNames(names, statements, stub, packages)
    bound = {name for s in statements for name in s.names.bound}
    written = {e: e if e in bound else lookalike_name(e, bound) for e in exercises}
    if near_miss:
        written |= {e: near_miss_name(e, statements, exercises) for e, other in written.items() if other not in bound}
    index = BindingIndex(statements, provided.names, frozenset(written.values()), provided.libraries)
    selections = {e: _select(e, written[e], cells, index, stub or Stub(), notebook) for e in exercises}
    for e, selected in selections.items():
        for i in selected.rejected:
            index.drop(i, written[e])
        for i in selected.doubtful:
            index.doubt(i, written[e])
    needs = {
        e: find_needs(selected.statement, written[e], index, provided)
        for e, selected in selections.items()
        if selected.status is None
    }
    first = _assemble(cells, index, selections, needs, provided, written)
    found = ((e, second_needs(n, selections[e].statement, written[e], index, provided)) for e, n in needs.items())
    other = {e: needed for e, needed in found if needed}
    if not other:
        return first
    second = _assemble(cells, index, {e: selections[e] for e in other}, other, provided, written)
    return replace(first, second_reading=replace(second, remarks=(), separate_kernels=True))


def _select(
    name: str, written: str, cells: Sequence[CodeCell], index: BindingIndex, stub: Stub, notebook: Any
) -> SelectedBinding:
    """Select the binding of an exercise, written as ``written``, that is graded."""
    bindings = [index.statements[i] for i in index.bindings.get(written, ())]
    results = bound_to_answers(index.statements, written) if bindings else ()
    selected = select_binding(
        written,
        cells,
        bindings,
        results,
        stub.definition(name),
        lambda also: find_misplaced(name, notebook, stub.cells, also=also),
    )
    if selected.status is ExerciseStatus.MISSING and _may_be_bound(name, index):
        stars = (index.statements[i] for i in index.opaque_stars[:1])
        sentences = [
            selected.message,
            *(function_messages.star_import(s.text.partition("\n")[0], s.cell) for s in stars),
        ]
        return SelectedBinding(None, if_missing=" ".join(sentences))
    return selected


def _may_be_bound(name: str, index: BindingIndex) -> bool:
    """Tell whether code may bind a name as ``global f`` or ``globals()["f"] = g`` does."""
    if index.opaque_stars or any(c.path == (name,) for s in index.statements for c in s.names.effects):
        return True
    texts = (n.value for s in index.statements for n in ast.walk(s.node) if isinstance(n, ast.Constant))
    return any(s.names.dynamic for s in index.statements) and any(isinstance(x, str) and name in x for x in texts)


def _assemble(
    cells: Sequence[CodeCell],
    index: BindingIndex,
    selections: Mapping[str, SelectedBinding],
    needs: Mapping[str, Dependencies],
    provided: ProvidedNames,
    written: Mapping[str, str],
) -> Extraction:
    uses = _uses(needs)
    order = execution_order(uses, {pair for found in needs.values() for pair in found.hoisted})
    doubtful: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for i, bound, attribute in _conditional_bindings(selections, needs, written):
        doubtful[i][bound].add(attribute)
    segments = [*make_segments(order, index.statements, uses, provided, doubtful)]
    by_number = {c.number: c for c in cells}
    functions = {}
    for name, selected in selections.items():
        found, start = needs.get(name), selected.statement
        about = [*selected.remarks]
        if found:
            about += remarks.dependency_remarks(name, found, index.statements, cells, provided)
        if (other := written[name]) != name and start:
            segments.append(Segment(start.cell, f"{name} = {other}", frozenset({name}), start.first_line))
            about.insert(0, _other_name(name, other, start.cell))
        taken = found.taken if found else {start.index} if start else ()
        functions[name] = FunctionSource(
            name,
            selected.status,
            selected.message,
            remarks.limit_remarks(about),
            source_spans(taken, index.statements, by_number),
            selected.if_missing,
        )
    about_cells = remarks.limit_remarks(remarks.notebook_remarks(cells, _lacking(selections, needs, written)))
    return Extraction(functions, tuple(segments), about_cells, _need_separate_kernels(needs, index))


def _conditional_bindings(
    selections: Mapping[str, SelectedBinding], needs: Mapping[str, Dependencies], written: Mapping[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Yield the bindings (statement, name) that count only if their value has an attribute."""
    for e, selected in selections.items():
        yield from ((i, written[e], "__call__") for i in selected.doubtful)
    for found in needs.values():
        yield from found.doubtful


def _lacking(
    selections: Mapping[str, SelectedBinding], needs: Mapping[str, Dependencies], written: Mapping[str, str]
) -> frozenset[str] | None:
    """Return the names that a left-out cell may define for an exercise, or None for any."""
    if any(selected.status for selected in selections.values()) or any(n.whole_notebook for n in needs.values()):
        return None
    return frozenset((*written, *written.values())).union(*(n.unresolved for n in needs.values()))


def _other_name(name: str, other: str, cell: int) -> str:
    if skeleton(other) == name:
        return function_messages.confusable_name(name, cell, first_confusable(other))
    return function_messages.near_miss(name, other, cell)


def _need_separate_kernels(needs: Mapping[str, Dependencies], index: BindingIndex) -> bool:
    """Tell whether one exercise alters provided objects and another does not need that."""
    users = ({e for e, found in needs.items() if i in found.taken} for i in index.side_effects.altering)
    return any(0 < len(exercises) < len(needs) for exercises in users)


def _uses(needs: Mapping[str, Dependencies]) -> dict[int, StatementUse]:
    """Return for each statement that is needed the exercises that it is run for."""
    uses: dict[int, StatementUse] = {}
    for name, found in needs.items():
        for i in found.taken | found.optional:
            before = uses.get(i, StatementUse(frozenset(), frozenset()))
            optional = frozenset({name}) if i in found.optional else frozenset()
            uses[i] = StatementUse(before.exercises | {name}, before.optional | optional)
    return uses
