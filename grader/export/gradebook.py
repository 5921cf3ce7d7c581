"""Write ``grades.csv``: a row per submission, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.corrections import FinalGrade
from grader.export.spreadsheet import precise_score, spreadsheet
from grader.result import ExerciseResult, ExerciseStatus, SubmissionStatus

COLUMNS = ("student", "submission", "score", "max_score", "status")
FINAL = "final_score"
MORE_COLUMNS = ("name", "student_id", "late", "attempt", "group", "section")


def write_csv(path: Path, grades: Iterable[FinalGrade], exercises: Sequence[str] = ()) -> None:
    """Write ``grades.csv`` atomically: five fixed columns, then the score of each exercise.

    ``exercises`` gives the order of the exercise columns, for batches in which no submission could be read; names found
    only in the results follow, then the final score, and last a roster's names and numbers, lateness and attempts,
    where any submission has them. Scores are as they were graded; the final score is what corrections and lateness make
    of it. Where there is none, because nothing was handed in or through a fault of ours, the cell is empty: a 0 would
    be a grade. Of who is excused all scores are.
    """
    grades = tuple(grades)
    names = tuple(dict.fromkeys([*exercises, *(e.name for g in grades for e in g.raw.exercises)]))
    known = [g.raw.submission.to_json() for g in grades]
    more = [key for key in MORE_COLUMNS if any(key in submission for submission in known)]
    rows = (
        [*_gradebook_row(grade, names), *(_grade_cell(submission.get(key)) for key in more)]
        for grade, submission in zip(grades, known, strict=True)
    )
    write_atomically(path, spreadsheet([[*COLUMNS, *names, FINAL, *more], *rows]))


def _gradebook_row(grade: FinalGrade, names: Sequence[str]) -> list[str]:
    raw = grade.raw
    known = raw.has_score and grade.result.status is not SubmissionStatus.EXCUSED
    by_name = {e.name: e for e in raw.exercises}
    return [
        raw.submission.student,
        raw.submission.id,
        precise_score(raw.score) if known else "",
        precise_score(raw.max_score),
        grade.result.status.value,
        *(_score(by_name.get(name)) if known else "" for name in names),
        "" if grade.score is None else precise_score(grade.score),
    ]


def _grade_cell(value: object) -> str:
    return "" if value is None else "yes" if value is True else str(value)


def _score(exercise: ExerciseResult | None) -> str:
    return "" if exercise is None or exercise.status is ExerciseStatus.ERROR else precise_score(exercise.score)
