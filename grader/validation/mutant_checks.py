"""The mutants against the checks: each must be caught, or give the reference's own answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.distance import Distance
from grader.validation.mutants import Mutant, mutants
from grader.validation.validation_report import ReportSection

LEAST_NOISE = 1e-6
"""No floating-point computation agrees better with itself in another order."""


def mutant_candidates(assignment: Assignment) -> list[Candidate]:
    """Return the mutants of what each exercise stands on; what two exercises share is tried on both."""
    return [
        Candidate(f"{m.file.name}:{m.line} {m.what} {i}", e, CandidateKind.MUTANT, m)
        for e in assignment.names
        for i, m in enumerate(mutants(assignment, e), 1)
    ]


def mutants_section(records: Sequence[CandidateResult], right: Sequence[CandidateResult]) -> ReportSection:
    """Say which mutants no check catches, and whether their answers differ by more than those of ``right`` variants."""
    survivors = [r for r in records if not r.caught]
    different = [r for r in survivors if _beyond(r.apart, noise(right, r.candidate.exercise))]
    same = [r for r in survivors if r not in different]
    verdict = (
        f"{len(records) - len(survivors)} of {len(records)} mutants of the solution are caught, {len(same)} give the "
        f"reference's own answers, {len(different)} differ and are not caught."
    )
    return ReportSection("Mutants", not different, verdict, tuple(map(_failing, different)), tuple(_remarks(same)))


def noise(right: Sequence[CandidateResult], exercise: str) -> Distance:
    """Return by how much, part by part, right variants of an exercise differ from the reference at most."""
    floor: Distance = ()
    for record in right:
        if record.candidate.exercise == exercise:
            finite = (a if math.isfinite(a) else 0.0 for a in record.apart)  # another form has no distance
            floor = tuple(max(pair) for pair in itertools.zip_longest(floor, finite, fillvalue=0.0))
    return floor


def _beyond(apart: Distance, floor: Distance) -> bool:
    return any(a > max(f, LEAST_NOISE) for a, f in itertools.zip_longest(apart, floor, fillvalue=0.0))


def _failing(record: CandidateResult) -> str:
    worst = max(record.apart)
    what = f"differ by {worst:.2g}" if math.isfinite(worst) else "are of another form"
    found = f"it passes every check of {record.candidate.exercise}, but its answers {what}, most for {record.where}."
    return f"{_place(record)}: {found}\n{_diff(record)}"


def _remarks(same: Sequence[CandidateResult]) -> Iterator[str]:
    """Yield each change that leaves the answers as they are, with the exercises that stand on it."""
    by_mutant: dict[Mutant | None, list[CandidateResult]] = {}
    for record in same:
        by_mutant.setdefault(record.candidate.mutant, []).append(record)
    for mutant in sorted(filter(None, by_mutant), key=lambda m: (m.file, m.line)):
        records = by_mutant[mutant]
        off = max(max(r.apart, default=0.0) for r in records)
        exercises = " and ".join(r.candidate.exercise for r in records)
        yield f"{_place(records[0])}: the answers of {exercises} differ by {off:.2g}.\n{_diff(records[0])}"


def _place(record: CandidateResult) -> str:
    mutant = record.candidate.mutant
    return f"{mutant.file.name}, line {mutant.line} ({mutant.what})" if mutant else record.candidate.id


def _diff(record: CandidateResult) -> str:
    lines = record.candidate.mutant.diff.splitlines() if record.candidate.mutant else ()
    return "\n".join(f"    {line[0]} {line[1:].strip()}" for line in lines)
