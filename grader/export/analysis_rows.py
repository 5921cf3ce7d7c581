"""The table for analysis: a row for each person and check, with all that staff may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.corrections import FinalGrade, final_grade
from grader.export.matching import members
from grader.export.request import Request
from grader.person import Person
from grader.result import CheckResult, ExerciseResult
from grader.sanitize import visible


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """One person and one check; None where there is none.

    Points are numbers, times are seconds. ``score`` is that of the whole submission as the checks gave it, None where
    there is none; ``final_score`` and ``final_points`` are what corrections and lateness make of it. Who has no checks,
    because nothing was handed in or nothing could be graded, has one row. ``mismatch`` is the kind of the difference,
    ``diagnosis`` the id of the mistake that explains it.
    """

    assignment: str
    submission: str
    student: str
    name: str
    student_id: str
    status: str
    late: bool
    attempt: int
    submitted: str
    score: float | None
    max_score: float
    exercise: str | None = None
    exercise_status: str | None = None
    exercise_score: float | None = None
    exercise_max_score: float | None = None
    check: str | None = None
    title: str | None = None
    visibility: str | None = None
    outcome: str | None = None
    points: float | None = None
    max_points: float | None = None
    mismatch: str | None = None
    diagnosis: str | None = None
    confidence: float | None = None
    message: str | None = None
    duration_s: float | None = None
    final_score: float | None = None
    final_points: float | None = None


def analysis_rows(request: Request) -> Iterator[AnalysisRow]:
    """Yield the rows of a batch in its order; of a group, those of every member."""
    for grade in request.grades.by_id.values():
        raw = grade.raw
        for person in members(raw):
            row = _person_row(grade, person)
            points = [check.points for exercise in grade.result.exercises for check in exercise.checks]
            checks = [(exercise, check) for exercise in raw.exercises for check in exercise.checks]
            rows = [
                replace(_with_check(row, *pair), final_points=float(final))
                for pair, final in zip(checks, points, strict=True)
            ]
            yield from map(_visible, rows or [replace(row, message=raw.message)])


def _person_row(grade: FinalGrade, person: Person) -> AnalysisRow:
    result, submission = grade.raw, grade.raw.submission
    return AnalysisRow(
        assignment=result.assignment,
        submission=submission.id,
        student=submission.student,
        name=person.name,
        student_id=person.number,
        status=grade.result.status.value,
        late=submission.late,
        attempt=submission.attempt,
        submitted=submission.submitted,
        score=final_grade(result).score,
        max_score=float(result.max_score),
        final_score=grade.score,
    )


def _with_check(row: AnalysisRow, exercise: ExerciseResult, check: CheckResult) -> AnalysisRow:
    diagnosis = next(iter(check.diagnoses), None)
    return replace(
        row,
        exercise=exercise.name,
        exercise_status=exercise.status.value,
        exercise_score=float(exercise.score),
        exercise_max_score=float(exercise.max_score),
        check=check.id,
        title=check.title,
        visibility=check.visibility.value,
        outcome=check.outcome.value,
        points=float(check.points),
        max_points=float(check.max_points),
        mismatch=check.mismatch.kind if check.mismatch else None,
        diagnosis=diagnosis.id if diagnosis else None,
        confidence=float(diagnosis.confidence) if diagnosis else None,
        message=check.message,
        duration_s=float(check.duration_s),
    )


def _visible(row: AnalysisRow) -> AnalysisRow:
    """Return a row whose texts every reader accepts."""
    texts: dict[str, Any] = {k: visible(v) for k, v in asdict(row).items() if isinstance(v, str)}
    return replace(row, **texts)
