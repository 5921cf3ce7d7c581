"""The sentences of feedback that fit into a cell of a platform's table."""

from __future__ import annotations

import re

from grader.export.spreadsheet import number, safe_cell
from grader.report.messages import SUBMISSIONS, exercise_text
from grader.result import GradingResult, SubmissionStatus, redact

_OUR_COMMENT = re.compile(r"\d+(\.\d+)? of \d+(\.\d+)? points\.")


def comment(result: GradingResult) -> str:
    """Return one paragraph for the student: the points, and what became of each exercise.

    It is made from the redacted result, holds nothing that a student wrote, and starts no formula.
    """
    shown = redact(result)
    parts = [f"{number(shown.score)} of {number(shown.max_score)} points."]
    if shown.status is not SubmissionStatus.GRADED:
        parts.append(SUBMISSIONS[shown.status].sentence)
    for exercise in shown.exercises:
        label, score = exercise_text(exercise).label, f"{number(exercise.score)} of {number(exercise.max_score)}"
        parts.append(f"{exercise.title or exercise.name}: {label}, {score}.")
    return safe_cell(" ".join(" ".join(parts).split()))


def is_comment(text: str) -> bool:
    """Return whether a text is a comment of ours, which may be replaced by a newer one."""
    return _OUR_COMMENT.match(text) is not None
