"""Every format exports the final grade, and nothing where there is none."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from grader.corrections import FinalGrades, LatePolicy, Override, Terms, final_grades
from grader.errors import GraderError
from grader.export.formats import BY_NAME, FORMATS
from grader.export.request import Options, Request
from grader.export.run_export import run_export
from grader.result import CheckResult, GradingResult, Outcome, SubmissionStatus

Build = Callable[..., GradingResult]
Read = Callable[[FinalGrades, Path], dict[str, str]]

DUE = datetime(2026, 11, 20, tzinfo=UTC)
TERMS = Terms(DUE, LatePolicy(per_day=10.0))
WANTED = {"ada": "12.5", "ben": "9", "cleo": "", "dan": "", "eve": "", "fay": ""}
"""Corrected; a day late; excused; late by nobody knows how much; absent; our fault. The checks gave 11."""
TABLES = {
    "canvas": ("Student,ID,SIS Login ID,Section,Lens (7)", "{0},{1},{0},A,11", "Student", "Lens (7)"),
    "moodle": (
        "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments",
        "Participant {1},{0},,11,20,Yes,11 of 20 points. Lens: passed.",
        "Full name",
        "Grade",
    ),
    "brightspace": (
        "OrgDefinedId,Username,Lens Points Grade <Numeric MaxPoints:20>,End-of-Line Indicator",
        "#{1},#{0},11,#",
        "Username",
        "Lens Points Grade <Numeric MaxPoints:20>",
    ),
}


@pytest.fixture
def grades(scored: Build) -> FinalGrades:
    """Six people with 11 points from the checks, of whom two have a grade."""

    def result(name: str, **submission: Any) -> GradingResult:
        number = str(4711 + [*WANTED].index(name))
        path = f"{name}_{number}_assignsubmission_file/{name}_{number}_98765_hw1.ipynb"
        check = CheckResult("test_a", "Right", Outcome.PASSED, 11.0, 20.0)
        graded = scored(name, 11.0, id=number, participant=number, name=name, login=name)
        exercise = replace(graded.exercises[0], checks=(check,))
        record = replace(graded.submission, **{"path": path} | submission)
        return replace(graded, submission=record, exercises=(exercise,))

    results = [
        result("ada"),
        result("ben", submitted=(DUE + timedelta(hours=2)).isoformat()),
        result("cleo"),
        result("dan", late=True),
        replace(result("eve", path=""), status=SubmissionStatus.NOT_SUBMITTED, score=0.0, exercises=()),
        replace(result("fay"), status=SubmissionStatus.ERROR, exercises=()),
    ]
    corrected = Override("ada", "0" * 64, "cara", DUE, "lens", "test_a", 12.5, comment="Right idea.")
    return final_grades(results, [corrected, Override("cleo", "0" * 64, "cara", DUE, excused=True)], TERMS)


def exported(name: str, grades: FinalGrades, **options: Any) -> Any:
    return run_export(BY_NAME[name], Request(grades, "lens", "Lens", Options(**options))).content


def column(data: bytes, key: str, value: str) -> dict[str, str]:
    return {row[key].removeprefix("#"): row[value] for row in csv.DictReader(io.StringIO(data.decode()))}


def filled_in(name: str) -> Read:
    """Read a platform's table, in which everybody has what the checks gave from before."""
    header, row, key, value = TABLES[name]

    def read(grades: FinalGrades, place: Path) -> dict[str, str]:
        rows = [row.format(person, 4711 + n) for n, person in enumerate(WANTED)]
        place.write_text("\n".join([header, *rows, ""]))
        return column(exported(name, grades, into=place), key, value)

    return read


def of_each(name: str, read: Callable[[Any], str]) -> Read:
    """Read a format that holds one submission, for each person."""

    def each(grades: FinalGrades, _: Path) -> dict[str, str]:
        found = {}
        for id_, grade in grades.by_id.items():
            try:
                found[grade.raw.submission.student] = read(exported(name, FinalGrades({id_: grade})))
            except GraderError:
                found[grade.raw.submission.student] = ""
        return found

    return each


def of_all(name: str, read: Callable[[Any], dict[str, str]]) -> Read:
    return lambda grades, _: read(exported(name, grades))


def pages(content: Any) -> dict[str, str]:
    """Return the grade on each student's page."""
    files = content
    if isinstance(content, bytes):
        archive = zipfile.ZipFile(io.BytesIO(content))
        files = {name: archive.read(name) for name in archive.namelist()}
    told = {p: next((data.decode() for name, data in files.items() if p in name), "") for p in WANTED}
    return {person: page.partition("<h1>")[2].partition(" of ")[0] for person, page in told.items()}


def suites(data: bytes) -> dict[str, str]:
    values = {s.attrib["name"][:-2]: s.find("properties/property[@name='final_score']") for s in ET.fromstring(data)}  # noqa: S314
    return {person: "" if found is None else found.attrib["value"] for person, found in values.items()}


def points_in_summary(data: bytes) -> dict[str, str]:
    rows = [line.split("|")[1:3] for line in data.decode().splitlines() if line.startswith("| ")][1:]
    return {person.strip(): points.partition(" of ")[0].strip() for person, points in rows}


def points_notice(data: bytes) -> str:
    found = [line for line in data.decode().splitlines() if "Autograding report" in line]
    return f"{json.loads(found[0].split('::')[2])['totalPoints']:g}" if found else ""


def final_scores(rows: Any) -> dict[str, str]:
    return {r["student"]: "" if r["final_score"] is None else f"{r['final_score']:g}" for r in rows}


def parquet_rows(data: bytes) -> Any:
    return pytest.importorskip("pyarrow.parquet").read_table(io.BytesIO(data)).to_pylist()


READ: dict[str, Read] = {
    **{name: filled_in(name) for name in TABLES},
    **{name: of_all(name, pages) for name in ("canvas-feedback", "moodle-feedback", "nbgrader-feedback")},
    "nbgrader": of_all("nbgrader", lambda data: column(data, "last_name", "score")),
    "gradescope": of_each("gradescope", lambda data: f"{json.loads(data)['score']:g}"),
    "prairielearn": of_each("prairielearn", lambda data: f"{json.loads(data)['score'] * 20:g}"),
    "junit": of_all("junit", suites),
    "github-summary": of_all("github-summary", points_in_summary),
    "github-annotations": of_each("github-annotations", points_notice),
    "csv": of_all("csv", lambda data: column(data, "student", "final_score")),
    "json": of_all("json", lambda data: final_scores(json.loads(data))),
    "parquet": of_all("parquet", lambda data: final_scores(parquet_rows(data))),
}
KEPT = {"canvas": ("dan", "eve", "fay"), "moodle": ("dan", "eve", "fay"), "brightspace": ("dan", "eve", "fay")}
"""Whose cell of the platform's stays as it was: who has no grade yet, and is not excused."""


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.results])
def test_the_final_grade_is_exported_and_no_other(grades: FinalGrades, tmp_path: Path, name: str) -> None:
    """Who has none has no number, above all no 0 and not what the checks gave."""
    found = READ[name](grades, tmp_path / "table.csv")

    assert found == WANTED | dict.fromkeys(KEPT.get(name, ()), "11")


@pytest.mark.parametrize("name", ["moodle", "gradescope", "prairielearn", "canvas-feedback", "github-summary"])
def test_what_staff_said_goes_to_the_student(grades: FinalGrades, tmp_path: Path, name: str) -> None:
    """A comment, points that were set, and what lateness cost, where a format has words."""
    header, row, *_ = TABLES["moodle"]
    (tmp_path / "table.csv").write_text("\n".join([header, row.format("ada", 4711), row.format("ben", 4712), ""]))
    options = {"into": tmp_path / "table.csv"} if name == "moodle" else {}
    several = [FinalGrades({k: g}) for k, g in grades.by_id.items() if g.raw.submission.student in ("ada", "ben")]
    if name not in ("gradescope", "prairielearn"):
        several = [FinalGrades({k: g for one in several for k, g in one.by_id.items()})]
    content = [exported(name, one, **options) for one in several]
    if name == "canvas-feedback":
        archive = zipfile.ZipFile(io.BytesIO(content[0]))
        content = [archive.read(n) for n in archive.namelist()]
    text = b"".join(content).decode().replace("\\\\", "").replace("\\", "")

    assert "Right idea." in text
    assert "Handed in 1 day late" in text
    assert "cara" not in text
