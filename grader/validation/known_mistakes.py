"""Misconceptions tried on the checks: each must be caught and named for what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from grader.plugin.name_mistakes import SURE
from grader.result import Outcome
from grader.validation import messages
from grader.validation.candidates import WRONG, CandidateKind, CandidateResult
from grader.validation.validation_report import ReportSection, ReportTable


def known_mistakes_section(records: Sequence[CandidateResult]) -> ReportSection:
    """Report which check catches which misconception, and which are not caught or misnamed.

    What is right or accepted must pass every check. ``records`` are of all candidates but the mutants.
    """
    right = [r for r in records if r.candidate.kind not in WRONG]
    wrong = [r for r in records if r.candidate.kind in WRONG]
    failings = [*_right_but_failed(right), *(f for r in wrong for f in _mistake_failings(r))]
    verdict = messages.mistakes_caught(
        _named_and_all(wrong, CandidateKind.MISCONCEPTION), _named_and_all(wrong, CandidateKind.PAIR)
    )
    return ReportSection("Misconceptions", not failings, verdict, tuple(failings), tables=tuple(_matrices(wrong)))


def _named_and_all(wrong: Sequence[CandidateResult], kind: CandidateKind) -> tuple[int, int]:
    own = [r for r in wrong if r.candidate.kind is kind]
    return sum(given_name(r) == r.candidate.id for r in own), len(own)


def given_name(record: CandidateResult) -> str | None:
    """Return the id that a mistake is given: its own if a check is sure, else the likeliest.

    A check whose inputs do not tell it from another mistake may name both.
    """
    own = record.candidate.id
    total: defaultdict[str, float] = defaultdict(float)
    for check in record.checks:
        for name, confidence in check.diagnoses:
            if name == own and confidence >= SURE and len(check.diagnoses) == 1:
                return own
            total[name] += confidence
    return max(total, key=total.__getitem__, default=None)


def _right_but_failed(right: Sequence[CandidateResult]) -> Iterator[str]:
    for record in right:
        for check in record.checks:
            if check.outcome is not Outcome.PASSED:
                yield messages.right_but_failed(record.candidate.id, check.check, check.message)


def _mistake_failings(record: CandidateResult) -> Iterator[str]:
    name = record.candidate.id
    if not record.caught:
        yield messages.mistake_not_caught(name, record.candidate.exercise)
    elif (other := given_name(record)) != name:
        yield messages.mistake_misnamed(name, other)


def _matrices(wrong: Sequence[CandidateResult]) -> Iterator[ReportTable]:
    """Yield a table for each exercise: which check fails which misconception; pairs left out."""
    alone = [r for r in wrong if r.candidate.kind is CandidateKind.MISCONCEPTION]
    for exercise in dict.fromkeys(r.candidate.exercise for r in alone):
        own = [r for r in alone if r.candidate.exercise == exercise]
        checks = tuple(c.check for c in own[0].checks)
        rows = ((r.candidate.id, *(c in r.caught for c in checks), _taken_for(r)) for r in own)
        yield ReportTable(messages.fails_title(exercise), ("misconception", *checks, "taken for"), tuple(rows))


def _taken_for(record: CandidateResult) -> str | None:
    """Return the id that a misconception is given if that is another one."""
    name = given_name(record)
    return name if name != record.candidate.id else None
