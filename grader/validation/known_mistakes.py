"""The bank of misconceptions against the checks: each mistake is caught, and named for what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from grader.plugin.name_mistakes import SURE
from grader.result import Outcome
from grader.validation.candidates import WRONG, CandidateKind, CandidateResult
from grader.validation.validation_report import ReportSection, ReportTable


def known_mistakes_section(records: Sequence[CandidateResult]) -> ReportSection:
    """Say which check catches which misconception, which mistakes none catches, and which are called another's name.

    What is right or accepted must pass every check. ``records`` are of all but the mutants.
    """
    right = [r for r in records if r.candidate.kind not in WRONG]
    wrong = [r for r in records if r.candidate.kind in WRONG]
    failings = [*_rejected(right), *(f for r in wrong for f in _failings(r))]
    single, pairs = _count(wrong, CandidateKind.MISCONCEPTION), _count(wrong, CandidateKind.PAIR)
    verdict = f"{single} misconceptions and {pairs} pairs of them are caught and named for what they are."
    return ReportSection("Misconceptions", not failings, verdict, tuple(failings), tables=tuple(_matrices(wrong)))


def _count(wrong: Sequence[CandidateResult], kind: CandidateKind) -> str:
    own = [r for r in wrong if r.candidate.kind is kind]
    return f"{sum(named(r) == r.candidate.id for r in own)} of {len(own)}"


def named(record: CandidateResult) -> str | None:
    """Return what a mistake is called: its own name if a check says that alone, else what is said most surely.

    On inputs that do not tell it from another mistake it is that other one as well, and there may be called so.
    """
    own = record.candidate.id
    total: defaultdict[str, float] = defaultdict(float)
    for check in record.checks:
        for name, confidence in check.diagnoses:
            if name == own and confidence >= SURE and len(check.diagnoses) == 1:
                return own
            total[name] += confidence
    return max(total, key=total.__getitem__, default=None)


def _rejected(right: Sequence[CandidateResult]) -> Iterator[str]:
    for record in right:
        for check in record.checks:
            if check.outcome is not Outcome.PASSED:
                yield f"{record.candidate.id} is right, yet {check.check} says: {check.message}"


def _failings(record: CandidateResult) -> Iterator[str]:
    name = record.candidate.id
    if not record.caught:
        yield f"{name}: no check of {record.candidate.exercise} catches it."
    elif (other := named(record)) != name:
        yield f"{name}: it is caught, but {f'named {other}' if other else 'nothing names it'}."


def _matrices(wrong: Sequence[CandidateResult]) -> Iterator[ReportTable]:
    """Yield a table for each exercise: which check does not let which misconception pass; pairs say nothing new."""
    alone = [r for r in wrong if r.candidate.kind is CandidateKind.MISCONCEPTION]
    for exercise in dict.fromkeys(r.candidate.exercise for r in alone):
        own = [r for r in alone if r.candidate.exercise == exercise]
        checks = tuple(c.check for c in own[0].checks)
        rows = ((r.candidate.id, *(c in r.caught for c in checks), _taken_for(r)) for r in own)
        yield ReportTable(
            f"{exercise}: what each check fails (✗)", ("misconception", *checks, "taken for"), tuple(rows)
        )


def _taken_for(record: CandidateResult) -> str | None:
    """Return the mistake that a misconception is named when that is another one."""
    name = named(record)
    return name if name != record.candidate.id else None
