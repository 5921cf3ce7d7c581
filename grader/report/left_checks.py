"""Checks left for the grading, or not shown yet: which they are, what they leave to earn."""

from __future__ import annotations

from collections.abc import Sequence

from grader.result import CheckResult, ExerciseResult, Outcome, Visibility


def is_left(check: CheckResult) -> bool:
    """Return whether a check was left for the grading."""
    return check.outcome is Outcome.SKIPPED and check.visibility is Visibility.HIDDEN


def held_back(exercises: Sequence[ExerciseResult]) -> str:
    """Return the note on hidden checks that were run and are not told, or an empty string."""
    return next((c.note for e in exercises for c in e.checks if is_left(c) and c.note), "")


def reachable(exercise: ExerciseResult) -> float:
    """Return the most points that the checks of an exercise that were run can give."""
    return exercise.max_score - sum(c.max_points for c in exercise.checks if is_left(c))
