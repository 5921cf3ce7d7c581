"""Add up what checks found of one exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.assignment import Exercise
from grader.extract import FunctionSource
from grader.plugin import messages
from grader.plugin.check_run import CheckRun
from grader.plugin.grading_plugin import GradingPlugin
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, Outcome, Visibility
from grader.sanitize import visible

FAILURES = (Outcome.FAILED, Outcome.NOT_ATTEMPTED)


def exercise_result(exercise: Exercise, function: FunctionSource, plugin: GradingPlugin) -> ExerciseResult:
    """Return what the checks that a plugin ran found of an exercise."""
    check_runs = [s for s in plugin.check_runs.values() if s.markers.exercise == exercise.name]
    left_out = [s for s in plugin.left_out if s.markers.exercise == exercise.name]
    checks = (
        *(s.result() for s in check_runs),
        *(replace(s.result(), outcome=Outcome.SKIPPED, message="") for s in left_out),
    )
    score = sum(c.points for c in checks)
    return ExerciseResult(
        name=exercise.name,
        status=function.status or _status(check_runs, score, complete=not left_out),
        score=score,
        max_score=exercise.points,
        title=exercise.title,
        message=visible(function.message or _finding(checks)),
        remarks=tuple(visible(r) for r in function.remarks),
        source=tuple(replace(s, text=visible(s.text)) for s in function.source),
        checks=checks,
    )


def _finding(checks: Sequence[CheckResult]) -> str:
    """Return the first visible failure's message; a student reads it, so no hidden one."""
    failed = [c for c in checks if c.outcome is Outcome.FAILED]
    hidden = sum(c.visibility is Visibility.HIDDEN for c in failed)
    if hidden and hidden == len(failed):
        return messages.only_hidden_fail(hidden)
    return next((c.message for c in failed if c.visibility is Visibility.VISIBLE), "")


def _status(check_runs: list[CheckRun], score: float, *, complete: bool) -> ExerciseStatus:
    """Return what became of an exercise that has a function: its first failure names it.

    That is so where nothing was earned.
    """
    verdicts = [s.verdict for s in check_runs]
    if any(v is None or v.outcome is Outcome.ERROR for v in verdicts):
        return ExerciseStatus.ERROR
    failed = [v for v in verdicts if v is not None and v.outcome in FAILURES]
    if not failed:
        return ExerciseStatus.PASSED if complete else ExerciseStatus.INCOMPLETE
    if score > 0:
        return ExerciseStatus.PARTIAL
    # How a hidden check fails is for the student's code to choose, and would say something about its input.
    seen = next((s.verdict for s in check_runs if s.verdict in failed and not s.markers.hidden), None)
    return (seen and seen.status) or ExerciseStatus.FAILED


def fails_in_sight(plugin: GradingPlugin, exercise: str) -> bool:
    """Tell whether an exercise fails a visible check otherwise than by running out of time."""
    verdicts = [
        s.verdict for s in plugin.check_runs.values() if s.markers.exercise == exercise and not s.markers.hidden
    ]
    failed = [v for v in verdicts if v is not None and v.outcome in FAILURES]
    return any(v.status is not ExerciseStatus.TIMED_OUT for v in failed)
