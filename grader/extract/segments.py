"""Arrange statements as segments for a kernel to run and spans for a report to show."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.extract.extraction import Segment
from grader.extract.provided import ProvidedNames
from grader.extract.statements import CodeCell, Statement
from grader.result import SourceSpan


def execution_order(taken: Collection[int], hoisted: Collection[tuple[int, int]]) -> list[int]:
    """Return statements in run-all order, but each user after its binder.

    ``hoisted`` holds the pairs (user, binder).
    """
    first: dict[int, list[int]] = {}
    for user, binder in sorted(hoisted):
        first.setdefault(user, []).append(binder)
    order: dict[int, None] = {}
    for index in sorted(taken):
        waiting = [index]
        entered: set[int] = set()
        while waiting:
            top = waiting[-1]
            ahead = [i for i in first.get(top, ()) if i in taken and i not in order and i not in entered]
            entered.add(top)
            if ahead:
                waiting += reversed(ahead)
            else:
                order.setdefault(waiting.pop())
    return list(order)


@dataclass(frozen=True, slots=True)
class StatementUse:
    """The exercises for which a statement is run, and those of them that may not need it."""

    exercises: frozenset[str]
    optional: frozenset[str]


def make_segments(
    order: Sequence[int],
    statements: Sequence[Statement],
    uses: Mapping[int, StatementUse],
    provided: ProvidedNames,
    doubtful: Mapping[int, Mapping[str, Collection[str]]],
) -> Iterator[Segment]:
    """Yield segments of neighbouring statements of one cell that have the same uses.

    ``doubtful`` maps statements to names that they may bind to what lacks these attributes: they are undone then.
    """
    group: list[tuple[Statement, str]] = []
    for index in order:
        statement = statements[index]
        text, restored = _without_provided_imports(statement, provided)
        names = doubtful.get(index)
        if group and (restored or names or not _same_use(group[-1][0], statement, uses)):
            yield _segment(group, uses)
            group = []
        if restored:
            yield from _restoring_provided(_segment([(statement, text)], uses), restored)
        elif names:
            yield from _restoring_usable(_segment([(statement, text)], uses), names)
        elif text:
            group.append((statement, text))
    if group:
        yield _segment(group, uses)


def _same_use(one: Statement, other: Statement, uses: Mapping[int, StatementUse]) -> bool:
    return one.cell == other.cell and one.index < other.index and uses[one.index] == uses[other.index]


def _segment(group: Sequence[tuple[Statement, str]], uses: Mapping[int, StatementUse]) -> Segment:
    first = group[0][0]
    lines: dict[int, list[str]] = {}
    for statement, text in group:
        for at, line in enumerate(text.split("\n"), start=statement.first_line):
            lines.setdefault(at, []).append(line)
    rows = ("; ".join(filter(None, lines.get(at, ()))) for at in range(first.first_line, max(lines) + 1))
    use = uses[first.index]
    return Segment(first.cell, "\n".join(rows), use.exercises, first.first_line, use.optional)


def _without_provided_imports(statement: Statement, provided: ProvidedNames) -> tuple[str, frozenset[str]]:
    """Return a statement without its imports of provided names, and the names to restore."""
    rebuilt = provided.rebuilt(statement)
    match statement.node:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return statement.text, provided.names
        case ast.Import() | ast.ImportFrom() if rebuilt:
            node = copy.copy(statement.node)
            node.names = [a for a in node.names if (a.asname or a.name.split(".")[0]) not in rebuilt]
            return ast.unparse(node) if node.names else "", frozenset()
    return statement.text, rebuilt


def _restoring_provided(segment: Segment, names: Collection[str]) -> Iterator[Segment]:
    """Yield a segment between code that saves and restores the provided names that it binds."""
    kept = f"__provided__ = {{n: globals()[n] for n in {sorted(names)!r} if n in globals()}}"
    yield Segment(segment.cell, kept, segment.exercises)
    yield segment
    yield Segment(segment.cell, "globals().update(__provided__)", segment.exercises)


def _restoring_usable(segment: Segment, names: Mapping[str, Collection[str]]) -> Iterator[Segment]:
    """Yield a segment between code that restores names if they lose an attribute by it."""
    needs = {name: sorted(attributes) for name, attributes in sorted(names.items())}
    value = "globals().get(n, getattr(__import__('builtins'), n, None))"
    kept = f"__needs__ = {needs}; __before__ = {{n: {value} for n in __needs__}}"
    yield Segment(segment.cell, kept, segment.exercises)
    yield segment
    usable = "__usable__ = lambda n, v: all(hasattr(v, a) for a in __needs__[n])"
    lost = f"__usable__(n, v) and not __usable__(n, {value})"
    undone = f"globals().update({{n: v for n, v in __before__.items() if {lost}}})"
    yield Segment(segment.cell, f"{usable}; {undone}", segment.exercises)


def source_spans(
    taken: Iterable[int], statements: Sequence[Statement], cells: Mapping[int, CodeCell]
) -> tuple[SourceSpan, ...]:
    """Return the lines of statements as the student wrote them, adjacent ones as one span."""
    ranges: list[tuple[int, int, int]] = []
    before = -1
    for index in sorted(i for i in taken if statements[i].cell):
        statement = statements[index]
        cell, first, last = ranges[-1] if ranges else (0, 0, 0)
        if cell == statement.cell and (before == index - 1 or statement.first_line <= last):
            ranges[-1] = (cell, first, max(last, statement.last_line))
        else:
            ranges.append((statement.cell, statement.first_line, statement.last_line))
        before = index
    lines = {cell: cells[cell].source.split("\n") for cell in {cell for cell, _, _ in ranges}}
    return tuple(SourceSpan(c, first, last, "\n".join(lines[c][first - 1 : last])) for c, first, last in ranges)
