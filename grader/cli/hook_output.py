"""The one line of JSON that ``grader hook`` prints, however it ends."""

from __future__ import annotations

import argparse
from typing import Any

from grader import strict_json
from grader.cli import check_messages
from grader.report.display_text import format_score
from grader.result import SCHEMA, GradingResult, SubmissionStatus
from grader.sanitize import one_line
from grader.timestamps import timestamp


def print_result(args: argparse.Namespace, result: GradingResult) -> None:
    """Print a result, once; nothing is printed after it."""
    args.answered = True
    _print(_summary(result), result.to_json())


def print_failure(args: argparse.Namespace | None, sentence: str) -> None:
    """Print why there is no result, unless one was printed."""
    if not getattr(args, "answered", False):
        _print(sentence, {"schema": SCHEMA, "status": str(SubmissionStatus.ERROR)})


def _print(summary: str, data: dict[str, Any]) -> None:
    print(strict_json.dumps({"summary": one_line(summary), "timestamp": timestamp(), **data}))


def _summary(result: GradingResult) -> str:
    match result.status:
        case SubmissionStatus.ERROR:
            return check_messages.NOT_GRADED
        case SubmissionStatus.UNREADABLE:
            return result.message or check_messages.NOT_READ
        case SubmissionStatus.GRADED:
            return check_messages.got_points(format_score(result.score), format_score(result.max_score))
    return check_messages.NO_POINTS
