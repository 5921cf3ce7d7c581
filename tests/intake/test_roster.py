"""Whoever is on the roster is found under the platform's name, or listed as missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import find, join, read_roster

Write = Callable[..., Path]

MOODLE = (
    "Identifier,Full name,Email address,Status,Grade\n"
    "Participant 12345,Jane Doe,jane@example.edu,Submitted,\nParticipant 12346,Jörg Müller,j@example.edu,No,\n"
)


def joined(written: Write, roster: str | bytes, *files: str) -> tuple[dict[str, str], list[str], list[str]]:
    """Return names by label, the missing and the strangers when these files are handed in."""
    people = read_roster(written(roster, "roster.csv"))
    folder = written(b"", "in/.keep").parent
    for file in files:
        written(b"{}", f"in/{file}")
    submissions, absences, strangers = join(find([folder]), people)
    return {s.label: s.name for s in submissions}, [a.student for a in absences], [s.label for s in strangers]


@pytest.mark.parametrize(
    ("roster", "file"),
    [
        (MOODLE, "Jane Doe_12345_assignsubmission_file/x.ipynb"),
        ("Student,ID\nJane Doe,4711\n", "other_4711_22222_x.ipynb"),
        ("Name\nJane Doe\n", "doejane_4711_22222_x.ipynb"),
        ('NAME\n"Doe, Jane"\n', "Jane Doe_12345_assignsubmission_file/x.ipynb"),
        ("name;login\nJane Doe;jdoe\n", "submitted/jdoe/ps1/x.ipynb"),
        ("First Name\tLast Name\tE-Mail\nJane\tDoe\tjdoe@example.edu\n", "jdoe.ipynb"),
        ("\ufeffstudent,Login ID\r\nJane Doe,jdoe\r\n", "JDoe/x.ipynb"),
        ("name\nJane Doe\n", "jane_doe.ipynb"),
        ("name,github_username\nJane Doe,octo-cat\n", "hw-submissions/hw-octo-cat/x.ipynb"),
    ],
)
def test_people_are_found(written: Write, roster: str, file: str) -> None:
    """By Moodle's number, an id, a login, an address or a name, whatever the roster's form."""
    names, _, strangers = joined(written, roster, file)

    assert names[file] in {"Jane Doe", "Doe, Jane"}
    assert strangers == []


def test_moodle_s_numbers_are_of_one_assignment(written: Write) -> None:
    """Another assignment's worksheet gives nobody else's name: names must agree too."""
    names, missing, strangers = joined(written, MOODLE, "Eve Adams_12345_assignsubmission_file/x.ipynb")

    assert names == {"Eve Adams_12345_assignsubmission_file/x.ipynb": ""}
    assert missing == ["Jane Doe", "Jörg Müller"]
    assert len(strangers) == 1


def test_two_of_one_name_are_not_mixed_up(written: Write) -> None:
    """A name that two people have is given to neither; their ids still tell them apart."""
    roster = "name,id\nJane Doe,1\nJane Doe,2\n"

    assert joined(written, roster, "jane_doe.ipynb") == ({"jane_doe.ipynb": ""}, ["Jane Doe"] * 2, ["jane_doe.ipynb"])
    assert joined(written, roster, "doejane_2_22222_x.ipynb")[0]["doejane_2_22222_x.ipynb"] == "Jane Doe"


def test_rows_that_are_nobody_are_left_out(written: Write) -> None:
    """Rows that are nobody do not count.

    They are Canvas's rows for points and posting, its test student, empty lines and repeated people.
    """
    roster = (
        "Student,ID,SIS Login ID,Section,HW (1)\n,,,,Manual Posting\n    Points Possible,,,,6\n"
        '"Doe, Jane",4711,jd,A,\n"Doe, Jane",4711,jd,A,\n"Student, Test",9,x,A,\n\n"No Number",,,A,\n'
    )

    assert [p.name for p in read_roster(written(roster, "r.csv"))] == ["Doe, Jane", "No Number"]


def test_latin_1_rosters_are_read(written: Write) -> None:
    """A spreadsheet's own encoding keeps the names."""
    assert read_roster(written("name\nJörg\n".encode("cp1252"), "r.csv"))[0].name == "Jörg"
    assert read_roster(written("name\nJörg\n".encode("utf-16"), "r.csv"))[0].name == "Jörg"


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\n\n", "Datum;Titel\n1.1.;x\n"])
def test_what_is_no_roster_is_a_usage_error(written: Write, content: str | bytes) -> None:
    """A file that does not say who is who is refused, naming the columns looked for."""
    with pytest.raises(UsageError, match="has no column that says who is who"):
        read_roster(written(content, "r.csv"))


@pytest.mark.parametrize("content", [b"PK\x03\x04\0\0", b"\xd0\xcf\x11\xe0\xa1"])
def test_a_spreadsheet_is_to_be_saved_as_csv(written: Write, content: bytes) -> None:
    """What a spreadsheet program saves of its own is told from CSV."""
    with pytest.raises(UsageError, match="is a spreadsheet; save it as CSV"):
        read_roster(written(content, "r.csv"))


def test_a_roster_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """A wrong path is told in a sentence."""
    with pytest.raises(UsageError, match="cannot read the roster"):
        read_roster(tmp_path / "gone.csv")
