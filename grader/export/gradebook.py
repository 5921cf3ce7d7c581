"""Write ``grades.csv``: a row per submission, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.sanitize import visible

COLUMNS = ("student", "submission", "score", "max_score", "status")
MORE_COLUMNS = ("name", "student_id", "late", "attempt")

# A spreadsheet runs a cell that starts with one of these as a formula; some fold the full-width forms too.
# Where half of the world lives a spreadsheet splits at semicolons or tabs, and knows no quotes within a cell.
_FORMULA = re.compile("(^|[;\t\n])(?=[=+\\-@\t\n＝＋－＠])")  # noqa: RUF001 - the look-alikes are the point


def write_csv(path: Path, results: Sequence[GradingResult], exercises: Sequence[str] = ()) -> None:
    """Write ``grades.csv`` atomically: the five fixed columns, then a column per exercise with its score.

    ``exercises`` gives the order of the exercise columns, for batches in which no submission could be read; names found
    only in the results follow, and last a roster's names and numbers, lateness and attempts, where any submission has
    them. A score that is unknown through a fault of ours stays empty: a 0 would be a grade.
    """
    names = tuple(dict.fromkeys([*exercises, *(e.name for r in results for e in r.exercises)]))
    more = [key for key in MORE_COLUMNS if any(r.submission.get(key) for r in results)]
    text = io.StringIO(newline="")
    plain, quoted = csv.writer(text), csv.writer(text, quoting=csv.QUOTE_ALL)
    rows = ([*_row(r, names), *(_safe_cell(_plain(r.submission.get(key))) for key in more)] for r in results)
    for row in ([*COLUMNS, *map(_safe_cell, names), *more], *rows):
        split = any(mark in cell for cell in row for mark in ";\t")
        (quoted if split else plain).writerow(row)
    write_atomically(path, text.getvalue().encode())


def _row(result: GradingResult, names: Sequence[str]) -> list[str]:
    known = result.status is not SubmissionStatus.ERROR
    by_name = {e.name: e for e in result.exercises}
    return [
        _safe_cell(str(result.submission.get("student", ""))),
        _safe_cell(str(result.submission.get("id", ""))),
        _number(result.score) if known else "",
        _number(result.max_score),
        result.status.value,
        *(_score(by_name.get(name)) if known else "" for name in names),
    ]


def _plain(value: object) -> str:
    return "" if value is None else "yes" if value is True else str(value)


def _score(exercise: ExerciseResult | None) -> str:
    return "" if exercise is None or exercise.status is ExerciseStatus.ERROR else _number(exercise.score)


def _safe_cell(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula and no terminal for an order."""
    return _FORMULA.sub(r"\1'", visible(value))


def _number(value: float) -> str:
    """Return the shortest decimal of a score, to a ten-thousandth and without an exponent: 11, 10.5."""
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")  # adding 0.0 turns -0.0 into 0.0
