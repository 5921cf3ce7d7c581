"""Why staff should look at a submission: doubts, corrections of other files, our faults."""

from __future__ import annotations

from grader.corrections import FinalGrade
from grader.report import messages
from grader.report.staff_site import FOLDER, StaffSite
from grader.report.status_texts import SUBMISSIONS
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus


def attention(grade: FinalGrade, site: StaffSite = FOLDER) -> str:
    """Return why staff should look at a submission, or an empty string."""
    offered = [_not_taken_over(grade, site)] if grade.offered else []
    corrections = [*grade.problems, *offered, _without_grade(grade, site)]
    decided = grade.score is not None and any(o.points is not None for o in grade.applied)
    fault = "" if decided else _grading_fault(grade.result)
    return " ".join(filter(None, (*grade.raw.submission.conflicts, *corrections, fault)))


def _not_taken_over(grade: FinalGrade, site: StaffSite) -> str:
    """Say that corrections are of another file, and how they are taken over."""
    count = len(grade.offered)
    return messages.not_taken_over(count, site.take_over.format("it" if count == 1 else "them"))


def _without_grade(grade: FinalGrade, site: StaffSite) -> str:
    """Say why somebody whose submission was graded has no grade, where staff can decide it."""
    if grade.days_wanted:
        return f"No grade: {grade.why_none}; {site.tell_days}."
    if grade.score is not None or grade.result.status is not SubmissionStatus.GRADED or _grading_fault(grade.result):
        return ""
    return f"No grade: {grade.why_none}."


def _grading_fault(result: GradingResult) -> str:
    """Return why a submission was not graded as it should be, or an empty string."""
    text = SUBMISSIONS[result.status]
    if result.status is SubmissionStatus.UNREADABLE:
        return result.message or text.label
    if result.status is SubmissionStatus.ERROR:
        return f"{text.label}: {result.message or text.sentence}"
    checks = (c for e in result.exercises for c in e.checks)
    if any(e.status is ExerciseStatus.ERROR for e in result.exercises) or any(
        c.outcome is Outcome.ERROR for c in checks
    ):
        return messages.CHECKS_NOT_RUN
    if result.exercises and all(e.status is ExerciseStatus.MISSING for e in result.exercises):
        return messages.NO_FUNCTION_FOUND
    return ""
