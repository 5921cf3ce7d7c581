"""Write ``grades.csv``: a row per submission, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.export.spreadsheet import number, spreadsheet
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus

COLUMNS = ("student", "submission", "score", "max_score", "status")
MORE_COLUMNS = ("name", "student_id", "late", "attempt", "group", "section")


def write_csv(path: Path, results: Sequence[GradingResult], exercises: Sequence[str] = ()) -> None:
    """Write ``grades.csv`` atomically: five fixed columns, then the score of each exercise.

    ``exercises`` gives the order of the exercise columns, for batches in which no submission could be read; names found
    only in the results follow, and last a roster's names and numbers, lateness and attempts, where any submission has
    them. A score that is unknown through a fault of ours stays empty: a 0 would be a grade.
    """
    names = tuple(dict.fromkeys([*exercises, *(e.name for r in results for e in r.exercises)]))
    known = [r.submission.to_json() for r in results]
    more = [key for key in MORE_COLUMNS if any(key in submission for submission in known)]
    rows = (
        [*_row(r, names), *(_grade_cell(submission.get(key)) for key in more)]
        for r, submission in zip(results, known, strict=True)
    )
    write_atomically(path, spreadsheet([[*COLUMNS, *names, *more], *rows]))


def _row(result: GradingResult, names: Sequence[str]) -> list[str]:
    known = result.status is not SubmissionStatus.ERROR
    by_name = {e.name: e for e in result.exercises}
    return [
        result.submission.student,
        result.submission.id,
        number(result.score) if known else "",
        number(result.max_score),
        result.status.value,
        *(_score(by_name.get(name)) if known else "" for name in names),
    ]


def _grade_cell(value: object) -> str:
    return "" if value is None else "yes" if value is True else str(value)


def _score(exercise: ExerciseResult | None) -> str:
    return "" if exercise is None or exercise.status is ExerciseStatus.ERROR else number(exercise.score)
