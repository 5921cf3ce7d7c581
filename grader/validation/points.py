"""What visible checks are worth: recorded answers to their known inputs pass them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.result import ExerciseResult, GradingResult
from grader.validation import messages
from grader.validation.validation_report import ReportSection


def points_section(assignment: Assignment, results: Sequence[GradingResult]) -> ReportSection:
    """Report whether the visible checks of each exercise are worth no more than allowed.

    ``results`` may be of any notebooks: every result lists all checks.
    """
    exercises = next((r.exercises for r in results if r.exercises), ())
    failings = tuple(_points_failings(exercises, assignment.visible_share))
    worth = ((e.name, _visible_points(e), e.max_score) for e in exercises)
    return ReportSection("Visible checks", not failings, messages.visible_points(worth), failings)


def _points_failings(exercises: Sequence[ExerciseResult], share: float) -> Iterator[str]:
    for exercise in exercises:
        if _visible_points(exercise) > share * exercise.max_score + 1e-6:
            visible = _visible_points(exercise)
            yield messages.too_many_visible_points(exercise.name, visible, exercise.max_score, share)


def _visible_points(exercise: ExerciseResult) -> float:
    return sum(c.max_points for c in exercise.visible_checks)
