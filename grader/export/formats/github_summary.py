"""A step's summary in GitHub Actions, appended to ``$GITHUB_STEP_SUMMARY`` as Markdown."""

from __future__ import annotations

import re

from grader.export import messages
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score
from grader.export.student_view import shown_checks, student_view, summary_lines
from grader.report.status_texts import SUBMISSIONS, exercise_text
from grader.result import GradingResult, Outcome
from grader.sanitize import visible

_LARGEST = 1000 * 1024  # bytes; GitHub drops a step's summary beyond 1024 KiB, all of it
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#~|!&@$^=:+-])")
_REST_LEFT_OUT = f"\n_{messages.SUMMARY_CUT}_\n"
_MARKS = {Outcome.PASSED: "✅", Outcome.FAILED: "❌", Outcome.NOT_ATTEMPTED: "⚪", Outcome.ERROR: "⚠️"}


def export(request: Request) -> Exported:
    """Write a table of the submissions, then the checks of each, as far as the size allows."""
    results = [student_view(r) for r in request.results]
    table = [_submissions_table(request, results)] if len(results) != 1 else []
    parts = [f"## {_escaped(request.title)}\n\n", *table]
    left_bytes = _LARGEST - len(_REST_LEFT_OUT) - sum(len(part.encode()) for part in parts)
    for part in (_section(request, result) for result in results):
        left_bytes -= len(part.encode())
        if left_bytes < 0:
            parts.append(_REST_LEFT_OUT)
            break
        parts.append(part)
    return Exported("".join(parts).encode()[:_LARGEST])


def _submissions_table(request: Request, results: list[GradingResult]) -> str:
    rows = (
        f"| {_escaped(r.submission.student)} | {_points_cell(request, r)} | {SUBMISSIONS[r.status].label} |\n"
        for r in results
    )
    return "".join(("| submission | points | status |\n|---|---|---|\n", *rows, "\n"))


def _points_cell(request: Request, result: GradingResult) -> str:
    grade = request.final(result).score
    return "" if grade is None else f"{precise_score(grade)} of {precise_score(result.max_score)}"


def _section(request: Request, result: GradingResult) -> str:
    lines = [
        f"### {_escaped(result.submission.student)}",
        "",
        *(f"{_escaped(line)}\n" for line in summary_lines(request, result)),
    ]
    exercise = ""
    for shown in shown_checks(result, 1000):
        if exercise != shown.exercise.name:
            exercise = shown.exercise.name
            lines.append(f"- **{_escaped(exercise)}**: {exercise_text(shown.exercise).label}")
        points = f"{precise_score(shown.check.points)} of {precise_score(shown.check.max_points)}"
        told = f": {_escaped(shown.text)}" if shown.text else ""
        lines.append(f"  - {_MARKS.get(shown.check.outcome, '⏭️')} {_escaped(shown.title)} ({points}){told}")
    return "\n".join([*lines, "", ""])


def _escaped(text: object) -> str:
    """Return a text as one line in which nothing is markup, a link or a mention."""
    return _MARKUP.sub(r"\\\1", " ".join(visible(str(text)).split()))
