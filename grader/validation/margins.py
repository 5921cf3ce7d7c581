"""Where each tolerance lies: above the noise of right answers, below what the nearest mistake is off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.validation.candidates import WRONG, CandidateKind, CandidateResult
from grader.validation.validation_report import ReportSection, ReportTable

APART = 10.0
"""How many times the noise an answer must be off to count as another one."""

LEAST_NOISE = 1e-3
"""The share of a tolerance that is noise at least, where the right variants show less."""


@dataclass(slots=True)
class Comparison:
    """One part compared in one check: the shares of its tolerance that right variants and misconceptions used.

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
        """The smallest share of a misconception whose answer is another one here, and which that is."""
        least = APART * max(self.noise, LEAST_NOISE)
        return min(((s, name) for name, s in self.wrong.items() if least < s < math.inf), default=None)

    def failings(self) -> Iterator[str]:
        """Yield why no tolerance, or not this one, tells right from wrong."""
        place = f"{self.check}, {self.part}"
        if self.noise > 1:
            worst = max(self.right, key=self.right.__getitem__)
            yield f"{place}: {worst} is right, yet it is off by {self.noise:.2g} times what is allowed."
        for name, share in self.wrong.items():
            if 1 < share <= APART * self.noise:
                times = f"only {share / self.noise:.2g} times as far off as right answers are"
                yield f"{place}: {name} is {times}; other inputs must tell them apart."
        if (nearest := self.nearest) and nearest[0] <= 1:
            yield f"{place}: the tolerance is too wide, {nearest[1]} is off by {nearest[0]:.2g} of it and passes."


def margins_section(records: Sequence[CandidateResult]) -> ReportSection:
    """Say how far each comparison's tolerance lies from the noise and from the nearest misconception."""
    found = _comparisons(records)
    failings = tuple(f for c in found for f in c.failings())
    near = [c.nearest[0] for c in found if c.nearest]
    noise = max((c.noise for c in found), default=0.0)
    verdict = f"{len(found)} comparisons use at most {noise:.2g} of their tolerance on right answers"
    verdict += f"; the nearest mistakes are off by at least {min(near):.2g} times the tolerance." if near else "."
    if all(r.candidate.kind is not CandidateKind.VARIANT for r in records):
        verdict += " The noise was not measured: there are no right variants (variants.py)."
    return ReportSection("Tolerances", not failings, verdict, failings, tables=tuple(_tables(found)))


def _tables(found: Sequence[Comparison]) -> Iterator[ReportTable]:
    columns = ("check", "part", "noise", "nearest mistake", "which")
    for exercise in dict.fromkeys(c.exercise for c in found):
        own = [c for c in found if c.exercise == exercise]
        rows = tuple((c.check, c.part, _figure(c.noise), *(c.nearest or (None, None))) for c in own)
        yield ReportTable(f"{exercise}: how far off answers are, in tolerances", columns, rows)


def _figure(number: float) -> float | str:
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
