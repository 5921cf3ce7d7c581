"""What a student sees of a grade while nothing of its hidden checks is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader import messages
from grader.corrections import FinalGrade, Override
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
    redact,
)

_AS_WRITTEN = {ExerciseStatus.MISSING, ExerciseStatus.SYNTAX_ERROR}
"""The statuses that come of the notebook's text, before any check."""


def withheld(result: GradingResult, note: str) -> GradingResult:
    """Return the redacted result of which hidden checks tell nothing, and give no points.

    It is the same whatever they found: status, points and message of each exercise are made of its visible checks. Each
    hidden check was not run, as far as it says, and ``note`` is its note.
    """
    shown = redact(result)
    if shown.status is not SubmissionStatus.GRADED:
        return shown
    exercises = tuple(_exercise(e, note) for e in shown.exercises)
    return replace(shown, exercises=exercises, score=sum(e.score for e in exercises))


def has_hidden(result: GradingResult) -> bool:
    """Return whether there is a check to be silent about."""
    return any(_hidden(c) for e in result.exercises for c in e.checks)


def told_overrides(overrides: Iterable[Override], result: GradingResult) -> list[Override]:
    """Return what of corrections can be told: no points that hidden checks had a part in.

    A comment on a hidden check is held back with it.
    """
    hidden_checks = {c.id for e in result.exercises for c in e.checks if _hidden(c)}
    partly = {e.name for e in result.exercises if any(map(_hidden, e.checks))}
    told = []
    for override in overrides:
        if override.check in hidden_checks:
            continue
        whole = not override.check and (not override.exercise or override.exercise in partly)
        shown = replace(override, points=None) if whole and partly else override
        told += [] if shown.empty else [shown]
    return told


def without_score(grade: FinalGrade, why: str) -> FinalGrade:
    """Return a grade that is not told yet."""
    return grade if grade.score is None else replace(grade, score=None, why_none=why)


def _hidden(check: CheckResult) -> bool:
    return check.visibility is Visibility.HIDDEN


def _exercise(exercise: ExerciseResult, note: str) -> ExerciseResult:
    checks = tuple(_check(c, note) for c in exercise.checks)
    score = sum(c.points for c in checks)
    visible = exercise.visible_checks
    as_written = exercise.status in _AS_WRITTEN or (exercise.status is ExerciseStatus.NOT_ATTEMPTED and not visible)
    if as_written or len(visible) == len(checks):
        return replace(exercise, checks=checks, score=score)
    status, message = _visible_finding(visible, score)
    return replace(exercise, checks=checks, score=score, status=status, message=message)


def _check(check: CheckResult, note: str) -> CheckResult:
    if not _hidden(check):
        return check
    return replace(check, outcome=Outcome.SKIPPED, points=0.0, hint="", note=note)


def _visible_finding(visible: tuple[CheckResult, ...], score: float) -> tuple[ExerciseStatus, str]:
    """Return the status and the message that visible checks alone give an exercise."""
    if any(c.outcome is Outcome.ERROR for c in visible):
        return ExerciseStatus.ERROR, ""
    failed = [c for c in visible if c.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED)]
    if not failed:
        return ExerciseStatus.INCOMPLETE, ""
    first = failed[0]
    if all(c.outcome is Outcome.NOT_ATTEMPTED for c in visible):
        return ExerciseStatus.NOT_ATTEMPTED, first.message
    if score > 0:
        return ExerciseStatus.PARTIAL, first.message
    if first.traceback and not first.mismatch:
        return ExerciseStatus.CRASHED, first.message
    return ExerciseStatus.FAILED, first.message if first.mismatch else messages.FOUND_BELOW
