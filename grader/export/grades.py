"""The grade that a platform is given for a result, and why there is none for some."""

from __future__ import annotations

from collections.abc import Sequence

from grader.export import messages
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus


def grade_of(result: GradingResult, *, zero: bool = False) -> float | None:
    """Return the points to be entered; None where there is no grade, which is never a 0.

    With ``zero``, who handed in nothing gets 0. A file that is no notebook was handed in and is worth 0. What could not
    be graded through a fault of ours has no grade, and neither has what such a fault took points from.
    """
    match result.status:
        case SubmissionStatus.NOT_SUBMITTED:
            return 0.0 if zero else None
        case SubmissionStatus.ERROR:
            return None
    return None if _lost_points(result) else result.score


def why_none(result: GradingResult) -> str:
    """Return why a result has no grade, for staff."""
    return messages.NOTHING_HANDED_IN if result.status is SubmissionStatus.NOT_SUBMITTED else messages.NOT_GRADED


def grade_remarks(results: Sequence[GradingResult], *, zero: bool) -> list[str]:
    """Return sentences for staff on grades that are missing or not sure.

    They name the results without a grade, by the reason, the zeros that nothing was graded for, and the grades of which
    evidence does not agree whose they are.
    """
    none: dict[str, list[str]] = {}
    for result in results:
        if grade_of(result, zero=zero) is None:
            none.setdefault(why_none(result), []).append(who(result))
    broken = [who(r) for r in results if r.status is SubmissionStatus.UNREADABLE]
    zeros = [messages.zeros(broken)] if broken else []
    unsure = [
        f"{who(r)}: {' '.join(r.submission.conflicts)}"
        for r in results
        if r.submission.conflicts and grade_of(r, zero=zero) is not None
    ]
    unsure = [messages.unsure_whose(unsure)] if unsure else []
    return [*unsure, *(messages.without_grade(names, why) for why, names in none.items()), *zeros]


def who(result: GradingResult) -> str:
    """Return how staff knows a submission's author and finds its page."""
    name, id_ = result.submission.name or result.submission.student, result.submission.id
    return name if name == id_ else f"{name} [{id_}]"


def _lost_points(result: GradingResult) -> bool:
    return any(
        e.status is ExerciseStatus.ERROR or any(c.outcome is Outcome.ERROR for c in e.checks) for e in result.exercises
    )
