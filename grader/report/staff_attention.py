"""Why staff should look at a submission: doubts, corrections of other files, our faults."""

from __future__ import annotations

from grader.corrections import FinalGrade
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
    one = count == 1
    what = "A correction" if one else f"{count} corrections"
    verb, them = ("is", "it") if one else ("are", "them")
    return f"{what} of what was handed in before {verb} not applied: {site.take_over.format(them)}."


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
        return "some checks could not be run"
    if result.exercises and all(e.status is ExerciseStatus.MISSING for e in result.exercises):
        return "none of the assignment's functions was found in this notebook"
    return ""
