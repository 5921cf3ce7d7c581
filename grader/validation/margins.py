"""Margins of tolerances: above the noise of right answers, below the nearest mistake."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.validation import messages
from grader.validation.candidates import WRONG, CandidateKind, CandidateResult
from grader.validation.validation_report import ReportSection, ReportTable

DISTINCT = 10.0
"""How many times the noise an answer must be off to count as a different one."""

LEAST_NOISE_SHARE = 1e-3
"""The least share of a tolerance that counts as noise, where the right variants show less."""


@dataclass(slots=True)
class Comparison:
    """One part compared in one check: which share of its tolerance each candidate used.

    ``right`` and ``wrong`` are by name; a share above 1 fails the check.
    """

    exercise: str
    check: str
    part: str
    right: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)

    @property
    def noise(self) -> float:
        """The greatest share that a right variant used."""
        return max(self.right.values(), default=0.0)

    @property
    def nearest(self) -> tuple[float, str] | None:
        """The smallest share of a misconception whose answer is a different one, and its id."""
        least = DISTINCT * max(self.noise, LEAST_NOISE_SHARE)
        return min(((s, name) for name, s in self.wrong.items() if least < s < math.inf), default=None)

    def failings(self) -> Iterator[str]:
        """Yield why this tolerance, or any, does not tell right from wrong."""
        place = f"{self.check}, {self.part}"
        if self.noise > 1:
            worst = max(self.right, key=self.right.__getitem__)
            yield messages.right_beyond_tolerance(place, worst, self.noise)
        for name, share in self.wrong.items():
            if 1 < share <= DISTINCT * self.noise:
                yield messages.mistake_near_noise(place, name, share / self.noise)
        if (nearest := self.nearest) and nearest[0] <= 1:
            yield messages.tolerance_too_wide(place, nearest[1], nearest[0])


def margins_section(records: Sequence[CandidateResult]) -> ReportSection:
    """Report how far each tolerance is from the noise and from the nearest misconception."""
    found = _comparisons(records)
    failings = tuple(f for c in found for f in c.failings())
    noise = max((c.noise for c in found), default=0.0)
    nearest = min((c.nearest[0] for c in found if c.nearest), default=None)
    verdict = messages.margins(len(found), noise, nearest)
    if all(r.candidate.kind is not CandidateKind.VARIANT for r in records):
        verdict += messages.NO_VARIANTS
    return ReportSection("Tolerances", not failings, verdict, failings, tables=tuple(_margin_tables(found)))


def _margin_tables(found: Sequence[Comparison]) -> Iterator[ReportTable]:
    columns = ("check", "part", "noise", "nearest mistake", "which")
    for exercise in dict.fromkeys(c.exercise for c in found):
        own = [c for c in found if c.exercise == exercise]
        rows = tuple((c.check, c.part, _finite(c.noise), *(c.nearest or (None, None))) for c in own)
        yield ReportTable(messages.margins_title(exercise), columns, rows)


def _finite(number: float) -> float | str:
    return number if math.isfinite(number) else "inf"  # JSON has no infinity


def _comparisons(records: Sequence[CandidateResult]) -> list[Comparison]:
    found: dict[tuple[str, str, str], Comparison] = {}
    for record in records:
        if record.candidate.kind is CandidateKind.ACCEPTED:  # right, and as far from the reference as it may be
            continue
        for check in record.checks:
            for part, share in check.shares:
                place = (record.candidate.exercise, check.check, part)
                comparison = found.setdefault(place, Comparison(*place))
                wrong = record.candidate.kind in WRONG
                (comparison.wrong if wrong else comparison.right)[record.candidate.id] = share
    return list(found.values())
