"""What visible checks are worth: their inputs are known, and answers that somebody recorded can be handed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.result import ExerciseResult, GradingResult, Visibility
from grader.validation.validation_report import ReportSection


def points_section(assignment: Assignment, results: Sequence[GradingResult]) -> ReportSection:
    """Hold what the visible checks of each exercise are worth against what the assignment allows them.

    ``results`` are of whichever notebooks were graded: every result lists all checks.
    """
    exercises = next((r.exercises for r in results if r.exercises), ())
    failings = tuple(_failings(exercises, assignment.visible_share))
    worth = (f"{_visible(e):g} of the {e.max_score:g} points of {e.name}" for e in exercises)
    return ReportSection("Visible checks", not failings, f"They are worth {' and '.join(worth)}.", failings)


def _failings(exercises: Sequence[ExerciseResult], share: float) -> Iterator[str]:
    for exercise in exercises:
        allowed = share * exercise.max_score
        if _visible(exercise) > allowed + 1e-6:
            worth = f"worth {_visible(exercise):g} of its {exercise.max_score:g} points"
            allows = f"assignment.toml allows {allowed:g} (visible_share = {share:g})"
            yield f"the visible checks of {exercise.name} are {worth}, and {allows}."


def _visible(exercise: ExerciseResult) -> float:
    return sum(c.max_points for c in exercise.checks if c.visibility is Visibility.VISIBLE)
