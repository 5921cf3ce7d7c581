"""Order and grouping of checks for a reader: failed ones first, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.report.messages import SAME_REASON
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome

STOPPED = {
    ExerciseStatus.CRASHED,
    ExerciseStatus.TIMED_OUT,
    ExerciseStatus.OUT_OF_MEMORY,
    ExerciseStatus.SYNTAX_ERROR,
    ExerciseStatus.MISSING,
}
"""The statuses of code that stopped before it answered."""

FORMAL = {"structure", "shape"}
"""The rules whose hints say what the hint of a mistake of arrangement says."""

_ORDER = (Outcome.FAILED, Outcome.ERROR, Outcome.NOT_ATTEMPTED, Outcome.SKIPPED, Outcome.PASSED)


def without_our_faults(result: GradingResult) -> GradingResult:
    """Return a result without the texts of our own failures, which may quote a check."""
    return replace(result, exercises=tuple(_without_our_faults(e) for e in result.exercises))


def _without_our_faults(exercise: ExerciseResult) -> ExerciseResult:
    message = "" if exercise.status is ExerciseStatus.ERROR else exercise.message
    bare = (
        CheckResult(c.id, c.title, c.outcome, c.points, c.max_points, c.visibility) if c.outcome is Outcome.ERROR else c
        for c in exercise.checks
    )
    return replace(exercise, message=message, checks=tuple(bare))


def reading_order(exercise: ExerciseResult) -> list[list[CheckResult]]:
    """Return the checks of an exercise in reading order, grouped where they read the same.

    One that fails like an earlier one only says so; what passes or was not attempted needs no hint, and none is given
    twice.
    """
    seen: list[tuple[object, ...]] = []
    hints: set[str] = set()
    groups = _group_alike(sorted(exercise.checks, key=lambda c: _ORDER.index(c.outcome)))
    for group in groups:
        check = group[0]
        reason = (check.message, check.traceback, check.mismatch)
        if _has_better_hint(check, exercise) or check.outcome in (Outcome.PASSED, Outcome.NOT_ATTEMPTED):
            check = replace(check, hint="")
        about = check.mismatch
        if about and about.kind in FORMAL and any(d.hint for d in check.diagnoses[:1]):
            check = replace(check, mismatch=replace(about, hint=""))
        if check.outcome is Outcome.NOT_ATTEMPTED:  # one sentence says so of the whole exercise
            check = replace(check, message="")
        if check.message and check.outcome is not Outcome.PASSED and reason in seen:
            check = replace(check, message=SAME_REASON, hint="", note="", traceback=(), mismatch=None)
        seen.append(reason)
        group[0] = _hinting_anew(check, hints)
    return groups


def _has_better_hint(check: CheckResult, exercise: ExerciseResult) -> bool:
    """Return whether there is a more specific hint than the check's own.

    It is that of a diagnosis or of the rule that the answer breaks; and where the code stopped before it answered, a
    hint on the answer would mislead.
    """
    stopped = exercise.status in STOPPED and not check.mismatch
    return stopped or any(d.hint for d in check.diagnoses[:1]) or bool(check.mismatch and check.mismatch.hint)


def _hinting_anew(check: CheckResult, given: set[str]) -> CheckResult:
    """Return the check without hints and notes in ``given``, and add its own to them."""
    about = check.mismatch
    if about and about.hint in given:
        check = replace(check, mismatch=replace(about, hint=""))
    check = replace(
        check, hint="" if check.hint in given else check.hint, note="" if check.note in given else check.note
    )
    given.update((check.hint, check.note, about.hint if about else ""))
    return check


def _group_alike(checks: Sequence[CheckResult]) -> list[list[CheckResult]]:
    """Group checks that read the same: hidden ones on several inputs show only their title."""
    groups: list[tuple[CheckResult, list[CheckResult]]] = []
    for check in checks:
        diagnoses = tuple(replace(d, confidence=0.0) for d in check.diagnoses)
        shown = replace(check, points=0.0, max_points=0.0, diagnoses=diagnoses)
        for other, group in groups:
            if other == shown:
                group.append(check)
                break
        else:
            groups.append((shown, [check]))
    return [group for _, group in groups]
