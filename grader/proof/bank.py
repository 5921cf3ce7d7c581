"""The bank of misconceptions against the checks: each mistake is caught, and named for what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from grader.proof.candidates import Kind, Record
from grader.proof.report import Section, Table
from grader.result import Outcome


def judge(records: Sequence[Record]) -> Section:
    """Say which check catches which misconception, which mistakes none catches, and which are called another's name.

    ``records`` are of all candidates that are no mutants: what is right must pass every check.
    """
    right = [r for r in records if r.candidate.kind is not Kind.MISCONCEPTION]
    wrong = [r for r in records if r.candidate.kind is Kind.MISCONCEPTION]
    failings = [*_rejected(right), *(f for r in wrong for f in _failings(r))]
    caught, named = sum(bool(r.caught) for r in wrong), sum(most_named(r) == r.candidate.id for r in wrong)
    verdict = f"{caught} of {len(wrong)} misconceptions are caught, {named} are named for what they are."
    return Section("Misconceptions", not failings, verdict, tuple(failings), tables=tuple(_matrices(wrong)))


def most_named(record: Record) -> str | None:
    """Return the mistake that is named most surely over all checks that a candidate did not pass."""
    total: defaultdict[str, float] = defaultdict(float)
    for check in record.checks:
        for name, confidence in check.diagnoses:
            total[name] += confidence
    return max(total, key=total.__getitem__, default=None)


def _rejected(right: Sequence[Record]) -> Iterator[str]:
    for record in right:
        for check in record.checks:
            if check.outcome is not Outcome.PASSED:
                yield f"{record.candidate.id} is right, yet {check.check} says: {check.message}"


def _failings(record: Record) -> Iterator[str]:
    name = record.candidate.id
    if not record.caught:
        yield f"{name}: no check of {record.candidate.exercise} catches it."
    elif (other := most_named(record)) != name:
        yield f"{name}: it is caught, but {f'named {other}' if other else 'nothing names it'}."


def _matrices(wrong: Sequence[Record]) -> Iterator[Table]:
    """Yield a table for each exercise: which check does not let which misconception pass."""
    for exercise in dict.fromkeys(r.candidate.exercise for r in wrong):
        own = [r for r in wrong if r.candidate.exercise == exercise]
        checks = tuple(c.check for c in own[0].checks)
        rows = ((r.candidate.id, *(c in r.caught for c in checks), _taken_for(r)) for r in own)
        yield Table(exercise, ("misconception", *checks, "taken for"), tuple(rows))


def _taken_for(record: Record) -> str | None:
    """Return the mistake that a misconception is named when that is another one."""
    name = most_named(record)
    return name if name != record.candidate.id else None
