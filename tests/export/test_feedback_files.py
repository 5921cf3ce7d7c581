"""The students' pages reach the students, and hold what a student may see."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.export.request import Exported
from grader.export.run_export import write_exported
from grader.intake import discover
from grader.person import Person
from grader.result import CheckResult, GradingResult, Outcome, SubmissionStatus, Visibility
from tests.export import platforms

Build = Callable[..., GradingResult]
Export = Callable[..., Exported]

SECRET = "the hidden prompt"  # noqa: S105 - no password


def handed_in(result: GradingResult, path: str, **submission: object) -> GradingResult:
    return replace(result, submission=replace(result.submission, path=path, **submission))


@pytest.fixture
def hiding(scored: Build) -> Build:
    """A result with a hidden check that failed on something secret."""

    def result(student: str, score: float = 11.0, **more: object) -> GradingResult:
        plain = scored(student, score, **more)
        hidden = CheckResult(
            f"test_all[{SECRET}]", "Works in general", Outcome.FAILED, 0.0, 9.0, Visibility.HIDDEN, message=SECRET
        )
        return replace(plain, exercises=(replace(plain.exercises[0], checks=(hidden,)),))

    return result


def test_canvas_knows_whose_feedback_it_is(hiding: Build, export: Export) -> None:
    """Each page keeps the user's and upload's numbers, also with lateness and underscores."""
    ada = handed_in(hiding("byronada", id="4711"), "hw1_submissions.zip/byronada_4711_98765_hw1_v2.ipynb")
    ben = handed_in(hiding("cohen_ben", id="4712"), "cohen_ben_LATE_4712_98766_hw_3_4.ipynb")
    comments = platforms.canvas_comments(
        export("canvas-feedback", ada, ben).content, {("4711", "98765"), ("4712", "98766")}
    )

    assert set(comments) == {("4711", "98765"), ("4712", "98766")}
    assert all(b"11 of 20 points" in page and SECRET.encode() not in page for page in comments.values())


def test_moodle_knows_whose_feedback_it_is(hiding: Build, export: Export) -> None:
    """Each page lies in the folder of its participant, as a file of its own."""
    folder = "Red Team-Ada Byron_90101_assignsubmission_file_/hw1.ipynb"
    ada = handed_in(hiding("ada", name="Ada Byron", participant="90101"), folder)
    blind = hiding("Participant 90102", participant="90102")
    files = platforms.moodle_files(export("moodle-feedback", ada, blind).content, {90101, 90102})

    assert {number: list(of_one) for number, of_one in files.items()} == {
        90101: ["feedback.html"],
        90102: ["feedback.html"],
    }
    assert all(SECRET.encode() not in page for of_one in files.values() for page in of_one.values())


@pytest.mark.parametrize("name", ["canvas-feedback", "moodle-feedback"])
def test_what_the_platform_cannot_tell_is_said(hiding: Build, export: Export, name: str) -> None:
    """Feedback that nobody would get stops the export, unless the rest is asked for."""
    known = handed_in(hiding("ada", id="4711", participant="90101"), "ada_4711_98765_hw1.ipynb")
    date = handed_in(hiding("lab"), "lab_2024_11_05.ipynb")

    with pytest.raises(UsageError, match=r"no name .* 1 person, lab \[lab_1\].*--partial"):
        export(name, known, date)
    with pytest.raises(UsageError, match="as it is"):
        export(name, date)
    assert any("lab" in remark for remark in export(name, known, date, partial=True).remarks)


@pytest.mark.parametrize("status", [SubmissionStatus.NOT_SUBMITTED, SubmissionStatus.ERROR])
def test_no_grade_is_no_feedback(scored: Build, export: Export, status: SubmissionStatus) -> None:
    """Who is still to be graded, or handed in nothing, gets no page."""
    ada = handed_in(scored("ada", 5, id="4711"), "ada_4711_98765_hw1.ipynb")
    ben = handed_in(scored("ben", status=status, id="4712"), "ben_4712_98766_hw1.ipynb")
    done = export("canvas-feedback", ada, ben)

    assert set(platforms.canvas_comments(done.content, {("4711", "98765")})) == {("4711", "98765")}
    assert any("no grade for 1 person" in remark for remark in done.remarks)


def test_the_same_pages_make_the_same_zip(hiding: Build, export: Export) -> None:
    """Nothing of the clock is in a zip: who uploads it again uploads the same."""
    ada = handed_in(hiding("ada", id="4711"), "ada_4711_98765_hw1.ipynb")

    content = export("canvas-feedback", ada).content

    assert export("canvas-feedback", ada).content == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # a zip's first


def test_nbgrader_s_tree_is_where_nbgrader_looks(hiding: Build, export: Export, tmp_path: Path) -> None:
    """Student, assignment and notebook are those of the submitted tree or the exchange."""
    ada = handed_in(hiding("ada", handle="ada"), "submitted/ada/ps1/problem 1.ipynb")
    ben = handed_in(hiding("ben", handle="ben"), "ben+ps1+2025-03-07 10:00:00 UTC+x/problem 1.ipynb")
    away = handed_in(hiding("..", handle=".."), "submitted/.. /../ps1/x.ipynb")
    write_exported(export("nbgrader-feedback", ada, ben, away), tmp_path)

    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.html")}
    assert {"feedback/ada/ps1/problem 1.html", "feedback/ben/ps1/problem 1.html"} < written
    assert len(written) == 3


@pytest.mark.parametrize("name", ["..", " ..", ".. ", "...", " .hidden"])
def test_no_name_of_a_folder_leads_elsewhere(hiding: Build, export: Export, name: str) -> None:
    """Nor does one hide a page, with blanks around it either."""
    [path] = dict(export("nbgrader-feedback", handed_in(hiding("ada"), f"submitted/{name}/{name}/x.ipynb")).content)

    assert not [part for part in path.split("/") if part.strip().startswith(".")]


def test_two_pages_of_one_name_are_not_one(hiding: Build, export: Export) -> None:
    """Feedback is not lost because another page has its name."""
    one, two = (handed_in(hiding(n), "x/hw1.ipynb", student="ada") for n in ("one", "two"))

    with pytest.raises(UsageError, match="feedback of two submissions"):
        export("nbgrader-feedback", one, two)


def test_our_intake_reads_the_names_that_were_exported(hiding: Build, export: Export, tmp_path: Path) -> None:
    """The people of Canvas's and Moodle's feedback are those of what was handed in."""
    ada = handed_in(hiding("ada", id="4711", participant="90101"), "ada_4711_98765_hw1.ipynb")
    for name, kind in (("canvas-feedback", "id"), ("moodle-feedback", "participant")):
        folder = tmp_path / name
        with zipfile.ZipFile(io.BytesIO(export(name, ada).content)) as archive:
            archive.extractall(folder)
        for page in folder.rglob("*.html"):
            page.rename(page.with_suffix(".ipynb"))
        [found] = discover([folder])
        assert getattr(found.claims[0], kind) == {"id": "4711", "participant": "90101"}[kind]


def test_nbgrader_s_table_has_its_columns(build: Build, scored: Build, export: Export) -> None:
    """Rows are people; no submission is an empty cell and not nbgrader's 0.0.

    Commas and formulas do no harm.
    """
    ada = handed_in(scored("ada", 10.5, handle="ada"), "x.ipynb", submitted="2025-03-07T10:00:00+00:00")
    absent = scored(
        "ben", status=SubmissionStatus.NOT_SUBMITTED, name="Cohen, Ben", login="=ben", email="b@uni.example"
    )
    rows = list(csv.DictReader(io.StringIO(export("nbgrader", ada, absent).content.decode())))

    assert list(rows[0].values()) == ["lens", "", "2025-03-07 10:00:00", "ada", "", "", "", "10.5", "0", "10.5", "20"]
    assert list(rows[1].values()) == ["lens", "", "", "'=ben", "Cohen", "Ben", "b@uni.example", "", "", "", "20"]
    assert ",".join(rows[0]) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score"
    )


def test_a_group_has_a_row_for_each_member(build: Build, scored: Build, export: Export) -> None:
    """Where the record names several people, each has the grade."""
    group = build("team", *scored("x", 15).exercises, claims=(Person("Ada", sis="S1"), Person("Ben", sis="S2")))
    rows = list(csv.DictReader(io.StringIO(export("nbgrader", group).content.decode())))

    assert [(row["student_id"], row["score"]) for row in rows] == [("S1", "15"), ("S2", "15")]
