"""Mutants tried on the checks: each must be caught or give the reference's own answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.validation import messages
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.distance import Distance
from grader.validation.mutants import Mutant, mutants
from grader.validation.validation_report import ReportSection

FLOAT_NOISE = 1e-6
"""The distance by which the same floating-point computation differs in another order."""


def mutant_candidates(assignment: Assignment) -> list[Candidate]:
    """Return the mutants of what each exercise calls; shared functions are tried on each."""
    return [
        Candidate(f"{m.file.name}:{m.line} {m.kind} {i}", e, CandidateKind.MUTANT, m)
        for e in assignment.names
        for i, m in enumerate(mutants(assignment, e), 1)
    ]


def mutants_section(records: Sequence[CandidateResult], right: Sequence[CandidateResult]) -> ReportSection:
    """Report mutants that no check catches and that differ more than ``right`` variants."""
    survivors = [r for r in records if not r.caught]
    different = [r for r in survivors if _beyond(r.distance, variant_noise(right, r.candidate.exercise))]
    same = [r for r in survivors if r not in different]
    verdict = messages.mutants_caught(len(records) - len(survivors), len(records), len(same), len(different))
    return ReportSection(
        "Mutants", not different, verdict, tuple(map(_survivor_sentence, different)), tuple(_same_answer_remarks(same))
    )


def variant_noise(right: Sequence[CandidateResult], exercise: str) -> Distance:
    """Return the greatest distance of an exercise's right variants, part by part."""
    floor: Distance = ()
    for record in right:
        if record.candidate.exercise == exercise:
            # Values of another form have no distance.
            finite = (d if math.isfinite(d) else 0.0 for d in record.distance)
            floor = tuple(max(pair) for pair in itertools.zip_longest(floor, finite, fillvalue=0.0))
    return floor


def _beyond(found: Distance, floor: Distance) -> bool:
    return any(a > max(f, FLOAT_NOISE) for a, f in itertools.zip_longest(found, floor, fillvalue=0.0))


def _survivor_sentence(record: CandidateResult) -> str:
    worst = max(record.distance)
    distance = worst if math.isfinite(worst) else None
    place, exercise = _mutant_place(record), record.candidate.exercise
    return messages.mutant_not_caught(place, exercise, distance, record.farthest_call, _indented_diff(record))


def _same_answer_remarks(same: Sequence[CandidateResult]) -> Iterator[str]:
    """Yield each change that leaves the answers as they are, with the exercises that call it."""
    by_mutant: dict[Mutant | None, list[CandidateResult]] = {}
    for record in same:
        by_mutant.setdefault(record.candidate.mutant, []).append(record)
    for mutant in sorted(filter(None, by_mutant), key=lambda m: (m.file, m.line)):
        records = by_mutant[mutant]
        distance = max(max(r.distance, default=0.0) for r in records)
        exercises = [r.candidate.exercise for r in records]
        yield messages.mutant_with_same_answers(
            _mutant_place(records[0]), exercises, distance, _indented_diff(records[0])
        )


def _mutant_place(record: CandidateResult) -> str:
    mutant = record.candidate.mutant
    return messages.mutant_place(mutant.file.name, mutant.line, mutant.kind) if mutant else record.candidate.id


def _indented_diff(record: CandidateResult) -> str:
    lines = record.candidate.mutant.diff.splitlines() if record.candidate.mutant else ()
    return "\n".join(f"    {line[0]} {line[1:].strip()}" for line in lines)
