"""PrairieLearn's ``results.json`` of one submission.

Source: PrairieLearn, docs/externalGrading.md.
"""

from __future__ import annotations

from typing import Any

from grader import strict_json
from grader.export.request import Exported, Request
from grader.export.student_view import headline, only_result, shown_checks, summary_lines
from grader.result import GradingResult, SubmissionStatus

_LARGEST = 1_000_000  # bytes; PrairieLearn takes no more
_LONGEST_TEXT = 4000


def export(request: Request) -> Exported:
    """Write the score from 0 to 1 and the checks.

    A file that is no notebook is not gradable and costs no attempt.
    """
    result = only_result(request)
    longest, data = _LONGEST_TEXT, _results_json(request, result, _LONGEST_TEXT)
    while len(data) > _LARGEST and longest > 1:
        longest //= 2
        data = _results_json(request, result, longest)
    return Exported(data)


def _results_json(request: Request, result: GradingResult, longest: int) -> bytes:
    return strict_json.dumps(_results(request, result, longest)).encode()


def _results(request: Request, result: GradingResult, longest: int) -> dict[str, Any]:
    if result.status is SubmissionStatus.UNREADABLE:
        return {"gradable": False, "format_errors": [headline(result)]}
    score = (request.grade_of(result) or 0.0) / result.max_score if result.max_score else 0.0
    tests = [
        {
            "name": shown.title,
            "description": shown.exercise.title or shown.exercise.name,
            "points": shown.check.points,
            "max_points": shown.check.max_points,
            "message": shown.text,
        }
        for shown in shown_checks(result, longest)
    ]
    return {
        "gradable": True,
        "score": min(max(score, 0.0), 1.0),
        "message": "\n".join(summary_lines(request, result)),
        "tests": tests,
    }
