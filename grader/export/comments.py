"""The sentences of feedback that fit into a cell of a platform's table."""

from __future__ import annotations

import re

from grader.corrections import FinalGrade
from grader.export.spreadsheet import precise_score, safe_cell
from grader.report.grade_sentences import grade_sentences
from grader.report.status_texts import SUBMISSIONS, exercise_text
from grader.result import SubmissionStatus, redact

_OUR_COMMENT = re.compile(r"\d+(\.\d+)? of \d+(\.\d+)? points\.")


def comment(grade: FinalGrade) -> str:
    """Return one paragraph for the student: the points, and what became of each exercise.

    It ends with what staff corrected and what lateness cost. It is made from the redacted result, holds nothing that a
    student wrote, and starts no formula.
    """
    shown = redact(grade.result)
    parts = [f"{precise_score(shown.score)} of {precise_score(shown.max_score)} points."]
    if shown.status is not SubmissionStatus.GRADED:
        parts.append(SUBMISSIONS[shown.status].sentence)
    for exercise in shown.exercises:
        label = exercise_text(exercise).label
        score = f"{precise_score(exercise.score)} of {precise_score(exercise.max_score)}"
        parts.append(f"{exercise.title or exercise.name}: {label}, {score}.")
    return safe_cell(" ".join(" ".join([*parts, *grade_sentences(grade)]).split()))


def is_comment(text: str) -> bool:
    """Return whether a text is a comment of ours, which may be replaced by a newer one."""
    return _OUR_COMMENT.match(text) is not None
