"""Sentences on grades: who has none and why, and of which it is not sure whose they are."""

from __future__ import annotations

from grader.export import messages
from grader.export.request import Request
from grader.result import GradingResult, SubmissionStatus


def grade_remarks(request: Request) -> list[str]:
    """Return sentences for staff on grades that are missing or not sure.

    They name the results without a grade, by the reason, the zeros that nothing was graded for, and the grades of which
    evidence does not agree whose they are, or that staff corrected for an earlier submission.
    """
    none: dict[str, list[str]] = {}
    for result in request.results:
        if request.grade_of(result) is None:
            none.setdefault(request.final(result).why_none, []).append(who(result))
    broken = [
        who(r) for r in request.results if r.status is SubmissionStatus.UNREADABLE and request.grade_of(r) is not None
    ]
    zeros = [messages.zeros(broken)] if broken else []
    unsure = [
        f"{who(r)}: {' '.join(r.submission.conflicts)}"
        for r in request.results
        if r.submission.conflicts and request.grade_of(r) is not None
    ]
    unsure = [messages.unsure_whose(unsure)] if unsure else []
    grades = request.grades.by_id.values()
    if offered := [who(g.raw) for g in grades if g.offered]:
        unsure.append(messages.corrected_before(offered))
    unsure += [*request.grades.problems, *(p for g in grades for p in g.problems)]
    return [*unsure, *(messages.without_grade(names, why) for why, names in none.items()), *zeros]


def who(result: GradingResult) -> str:
    """Return how staff knows a submission's author and finds its page."""
    name, id_ = result.submission.name or result.submission.student, result.submission.id
    return name if name == id_ else f"{name} [{id_}]"
