"""Annotations of a step in GitHub Actions: workflow commands, one a line."""

from __future__ import annotations

import json

from grader.export import messages
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score
from grader.export.student_view import ShownCheck, headline, shown_checks, student_view
from grader.result import GradingResult, Outcome, SubmissionStatus
from grader.sanitize import visible

_MOST_ANNOTATIONS = 10  # of one kind in a step; GitHub drops the others

_Found = tuple[float, str, str, str]
"""The points that something costs, the file, a title and a text."""


def export(request: Request) -> Exported:
    """Write an error for each check that costs points, those that cost most first.

    Of one submission the points are a notice as well, in the form that GitHub Classroom reads.
    """
    results = [student_view(r) for r in request.results]
    failed, ours = list[_Found](), list[_Found]()
    for result in results:
        if result.status is SubmissionStatus.EXCUSED:
            continue
        if result.status is not SubmissionStatus.GRADED:
            kind = ours if result.status is SubmissionStatus.ERROR else failed
            kind.append((result.max_score, result.submission.path, result.submission.student, headline(result)))
            continue
        for shown in shown_checks(result):
            if shown.check.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED):
                failed.append(_costing(result, shown))
            elif shown.check.outcome is Outcome.ERROR:
                ours.append(_costing(result, shown))
    lines = [*_commands("error", failed), *_commands("warning", ours), *_points_notices(request)]
    return Exported("".join(f"{line}\n" for line in lines).encode())


def _costing(result: GradingResult, shown: ShownCheck) -> _Found:
    title = f"{shown.exercise.name}: {shown.title}"
    return (
        shown.check.max_points - shown.check.points,
        result.submission.path,
        title,
        shown.text or messages.CHECK_FAILS,
    )


def _commands(kind: str, found: list[_Found]) -> list[str]:
    ranked = sorted(found, key=lambda item: -item[0])
    shown = ranked if len(ranked) <= _MOST_ANNOTATIONS else ranked[: _MOST_ANNOTATIONS - 1]
    places = (f"file={_property(file)}," if file else "" for _, file, _, _ in shown)
    lines = [
        f"::{kind} {place}title={_property(title)}::{_data(text)}"
        for place, (_, _, title, text) in zip(places, shown, strict=True)
    ]
    if len(shown) < len(ranked):
        lines.append(f"::{kind} title=more::{messages.more_in_summary(len(ranked) - len(shown))}")
    return lines


def _points_notices(request: Request) -> list[str]:
    results = request.results
    grade = request.final(results[0]).score if len(results) == 1 else None
    if grade is None:
        return []
    score, most = precise_score(grade), precise_score(results[0].max_score)
    report = json.dumps({"totalPoints": json.loads(score), "maxPoints": json.loads(most)}, separators=(",", ":"))
    return [
        f"::notice title=Autograding complete::Points {score}/{most}",
        f"::notice title=Autograding report::{report}",
    ]


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
