"""Doubts about whose submissions these are come first, or are an error where asked for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader.intake import are_many, doubts, find, join, read_roster
from tests.cli.conftest import RIGHT, TINY, Run, write

CANVAS = "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n" + "".join(
    f'"{last}, {first}",{number},{first.lower()},A\n'
    for first, last, number in (("Ada", "Byron", 4711), ("Ben", "Cohen", 4712), ("Cleo", "Diaz", 4713))
)


def said(folder: Path, roster: str, *names: str) -> tuple[list[str], bool]:
    """Return the doubts when files of these names are handed in, and if they come first."""
    (folder / "in").mkdir(parents=True)
    (folder / "roster.csv").write_text(roster)
    for name in names:
        (folder / "in" / name).write_text("{}")
    submissions, absences, strangers = join(find([folder / "in"]), read_roster(folder / "roster.csv"))
    found = doubts(submissions, strangers, absences)
    return [title for title, _ in found], are_many(found, submissions, strangers)


KNOWN = [f"x_{number}_9_lens.ipynb" for number in (4711, 4712, 4713)]
PLAIN = ["byronada_4711_9_lens.ipynb", "cohenben_4712_9_lens.ipynb", "diazcleo_4713_9_lens.ipynb"]
MANY = "name,id\n" + "".join(f"P{chr(97 + n)} Doe,{5000 + n}\n" for n in range(20))
MANY_PLAIN = [f"doep{chr(97 + n)}_{5000 + n}_9_x.ipynb" for n in range(20)]


@pytest.mark.parametrize(
    ("roster", "names", "titles", "first"),
    [
        (CANVAS, PLAIN, [], False),
        (CANVAS, PLAIN[:2], [], False),
        (MANY, [*MANY_PLAIN, "poejoe_1_9_x.ipynb"], ["1 submission is by nobody on the roster"], False),
        (MANY, [*MANY_PLAIN[:9], "poejoe_1_9_x.ipynb", "poejo_2_9_x.ipynb"], ["2 submissions are by nobody"], False),
        (MANY, [*MANY_PLAIN[:4], "poejoe_1_9_x.ipynb"], ["1 submission is by nobody on the roster"], True),
        (MANY, [*MANY_PLAIN, *(f"poe_{n}_9_x.ipynb" for n in range(3))], ["3 submissions are by nobody"], True),
        (CANVAS, ["redteam_4711_9_lens.ipynb", *PLAIN[1:]], ["1 submission has evidence"], True),
        (CANVAS, ["ada.ipynb", PLAIN[0]], ["2 submissions are by people with several rows"], True),
        (CANVAS, [], ["nothing was handed in by any of the 3 people"], True),
        (CANVAS, ["a.ipynb"], ["nothing was handed in by any of the 3 people", "1 submission is by nobody"], True),
    ],
)
def test_doubts_are_said_first_where_they_are_more_than_few(
    tmp_path: Path, roster: str, names: list[str], titles: list[str], first: bool
) -> None:
    """One or two unknown people are told at the end, everything else before anything."""
    found, said_first = said(tmp_path, roster, *names)

    assert [title.startswith(start) for title, start in zip(found, titles, strict=True)] == [True] * len(titles)
    assert said_first == first


@pytest.mark.parametrize("name", ["redteam_4711_9_lens.ipynb", "poejoe_1_9_x.ipynb", "lens.ipynb"])
def test_a_strict_roster_grades_nothing_in_doubt(grader: Run, tmp_path: Path, name: str) -> None:
    """Exit code 2 and one sentence, before anything is written."""
    write(tmp_path / "in" / name, *RIGHT)
    (tmp_path / "roster.csv").write_text(CANVAS)
    done = grader("grade", "in", "-a", TINY, "-o", "out", "--roster", "roster.csv", "--strict-roster")

    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing was graded" in done.stderr
    assert name in done.stderr
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_a_strict_roster_needs_a_roster(grader: Run, tmp_path: Path) -> None:
    """The option alone is a mistake."""
    write(tmp_path / "in" / "a.ipynb", *RIGHT)

    assert grader("grade", "in", "-a", TINY, "-o", "out", "--strict-roster").returncode == 2


def test_a_roster_of_nobody_is_a_mistake(grader: Run, tmp_path: Path) -> None:
    """It would be taken for no roster."""
    write(tmp_path / "in" / "a.ipynb", *RIGHT)
    (tmp_path / "roster.csv").write_text("name,id\n,\n")
    done = grader("grade", "in", "-a", TINY, "-o", "out", "--roster", "roster.csv")

    assert (done.returncode, "names nobody" in done.stderr) == (2, True)


def test_a_batch_says_first_what_is_not_sure(grader: Run, tmp_path: Path) -> None:
    """A group's upload and a link on Canvas are told first, and nobody becomes a plain zero."""
    write(tmp_path / "in" / "redteam_4711_98765_lens.ipynb", *RIGHT)
    (tmp_path / "in" / "cohenben_LATE_4712_link.html").write_text(
        "<html><meta http-equiv='refresh' content='0'></html>"
    )
    (tmp_path / "roster.csv").write_text(CANVAS)
    done = grader("grade", "in", "-a", TINY, "-o", "out", "--roster", "roster.csv")
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        grades = {r["name"]: (r["status"], r["late"]) for r in csv.DictReader(file)}

    assert done.stdout.startswith("LOOK AT THIS BEFORE YOU USE THE GRADES")
    assert "redteam" in done.stdout.splitlines()[2]
    assert grades == {
        "Byron, Ada": ("graded", ""),
        "Cohen, Ben": ("unreadable", "yes"),
        "Diaz, Cleo": ("not_submitted", ""),
    }
    assert "redteam" in (tmp_path / "out" / "intake.txt").read_text()
    assert ["none" in line and "not submitted" in line for line in done.stdout.splitlines() if "Diaz" in line] == [True]
    page = (tmp_path / "out" / "index.html").read_text()
    assert "look there before this counts as a zero" in page
    assert "Is it a group&#39;s upload" in page
    assert "look there before this counts as a zero" in (tmp_path / "out" / "results.jsonl").read_text()
    assert "redteam&#39;" not in (tmp_path / "out" / "feedback").joinpath("redteam_4711_98765.html").read_text()
