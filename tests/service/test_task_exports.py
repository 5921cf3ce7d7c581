"""Exports: the file of a platform filled in, and what to know said before the download."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from grader.export.formats import FORMATS

from .conftest import People
from .results import graded, hand_in

PLACE = "/staff/first/tiny/exports"
OF_PLATFORM_FOLDERS = ("canvas-feedback", "moodle-feedback")
"""Formats that need results whose submissions came from the platform's own folders."""
CANVAS = (
    "Student,ID,SIS Login ID,Section,Tiny (12)\n    Points Possible,,,,6\n"
    '"student, Sam",4711,student,A,\n"classmate, Cleo",4712,classmate,A,\n'
)


def sent(people: People, name: str, **fields: Any) -> Any:
    """Return the answer to an instructor who asks for a format."""
    return people.client("instructor").post(f"{PLACE}/{name}", fields)


def canvas(content: str = CANVAS) -> SimpleUploadedFile:
    """Return Canvas's gradebook."""
    return SimpleUploadedFile("gradebook.csv", content.encode(), "text/csv")


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page))


def test_what_to_know_is_said_before_the_download(people: People) -> None:
    """Then the same form sends the platform's own file, filled in, by its own name."""
    graded(people, "student")
    first = sent(people, "canvas", into=canvas())
    page = first.content.decode()
    second = sent(people, "canvas", **hidden(page))
    rows = list(csv.reader(io.StringIO(b"".join(second.streaming_content).decode())))

    assert "no grade for 1 person" in page
    assert 'filename="gradebook.csv"' in second.headers["Content-Disposition"]
    assert [row[4] for row in rows[2:]] == ["6", ""]


def test_what_was_not_said_is_said_first(people: People) -> None:
    """A form that was shown other remarks downloads nothing."""
    graded(people, "student")
    shown = hidden(sent(people, "canvas", into=canvas()).content.decode())
    hand_in(people, "classmate")
    page = sent(people, "canvas", **shown).content.decode()

    assert "still being graded" in page


def test_a_grade_that_matches_nobody_stops_the_export(people: People) -> None:
    """In words of the page: neither an option of a command nor a folder of ours."""
    graded(people, "student")
    answer = sent(people, "canvas", into=canvas(CANVAS.replace("student", "somebody")))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "1 person with a grade not in gradebook.csv" in page
    assert not re.search(r"--\w|grader-export", page)


def test_a_platforms_file_is_asked_for(people: People) -> None:
    """Without it a sentence says so."""
    page = sent(people, "moodle").content.decode()

    assert "the file to fill in is missing" in page
    assert not re.search(r"--\w", page)


def test_formats_are_told_in_words_of_the_page(people: People) -> None:
    """Not in those of a command line, and nbgrader by the name that it has."""
    page = people.client("instructor").get(PLACE).content.decode()

    assert not re.search(r"--\w|-o -|standard output|Nbgrader", page)


@pytest.mark.parametrize("name", [f.name for f in FORMATS if "into" not in f.options and f.results])
def test_every_format_has_a_page_and_a_file(people: People, name: str) -> None:
    """A file comes, at once or after its remarks, or a sentence says what it needs."""
    graded(people, "student")
    form = people.client("instructor").get(f"{PLACE}/{name}")
    fields = {"submission": f"member-{people.member('student').pk}", "partial": "1"}
    answer = sent(people, name, **fields)
    if answer.status_code == 200 and not answer.streaming:
        answer = sent(people, name, **fields | hidden(answer.content.decode()))

    assert form.status_code == 200
    assert answer.streaming == (name not in OF_PLATFORM_FOLDERS)
    assert answer.streaming or (answer.status_code == 422 and 'role="alert"' in answer.content.decode())
    assert "\\" not in answer.headers.get("Content-Disposition", "")


def test_a_file_that_is_too_large_is_refused(people: People) -> None:
    """It would travel in the form."""
    answer = sent(people, "canvas", into=canvas("x" * (3 << 20)))

    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()


def test_there_is_no_format_of_another_name(people: People) -> None:
    """It is not found."""
    assert people.client("instructor").get(f"{PLACE}/nothing").status_code == 404
