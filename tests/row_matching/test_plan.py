"""A newer submission takes the place of its author's older row, and of no other's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake import find, join
from grader.person import Person
from grader.result import GradingResult, SubmissionStatus
from grader.row_matching import Plan, plan
from grader.submission import Submission

ROSTER = (Person(name="Jane Doe", id="4711"), Person(name="Jo Ray", id="4712"), Person(name="Anna Lee", login="anna"))


class Folder:
    """What is graded into one folder, command after command, as far as rows go."""

    def __init__(self, place: Path) -> None:
        self.rows: list[GradingResult] = []
        self._place = place
        self._runs = 0

    def grade(self, *names: str, roster: Sequence[Person] = ()) -> Plan:
        """Grade files of these names, with new bytes; return what became of the rows."""
        self._runs += 1
        given = self._place / f"run{self._runs}"
        for name in names:
            (given / name).parent.mkdir(parents=True, exist_ok=True)
            (given / name).write_text(f"{self._runs} {name}")
        submissions, absences, _ = join(find([given] if names else []), roster)
        planned = plan(self.rows, submissions, absences, roster)
        rows = dict(planned.staying) | {s.id: row(s) for s in planned.submissions}
        absent = SubmissionStatus.NOT_SUBMITTED
        rows |= {a.id: GradingResult(a.record(), "tiny", absent, 0, 6) for a in planned.absences}
        self.rows = [rows[id_] for id_ in planned.order]
        return planned

    @property
    def ids(self) -> list[str]:
        """The ids of the rows, in order; of who handed in nothing in brackets."""
        return [
            f"({r.submission.id})" if r.status is SubmissionStatus.NOT_SUBMITTED else r.submission.id for r in self.rows
        ]


def row(submission: Submission) -> GradingResult:
    """Return a row for a submission."""
    return GradingResult(submission.record(), "tiny", SubmissionStatus.GRADED, 1, 6)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder into which nothing is graded yet."""
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("first", "then", "ids"),
    [
        (["a.ipynb", "b.ipynb"], ["c.ipynb"], ["a", "b", "c"]),
        (["a.ipynb", "b.ipynb", "c.ipynb"], ["b.ipynb"], ["a", "b", "c"]),
        (["b.ipynb", "c.ipynb"], ["a.ipynb", "b.ipynb"], ["b", "c", "a"]),
        (["b.ipynb"], ["a.ipynb", "b.ipynb", "c.ipynb"], ["a", "b", "c"]),
        (
            ["doejane_4711_1_hw.ipynb", "rayjo_4712_2_hw.ipynb"],
            ["doejane_LATE_4711_9_hw.ipynb"],
            ["doejane_4711_9", "rayjo_4712_2"],
        ),
        (["doejane_4711_1_hw.ipynb"], ["doejane_4713_2_hw.ipynb"], ["doejane_4711_1", "doejane_4713_2"]),
        (
            ["Jane Doe_1_assignsubmission_file/hw.ipynb", "Jo Ray_2_assignsubmission_file/hw.ipynb"],
            ["Jo Ray_2_assignsubmission_file/other.ipynb"],
            ["Jane_Doe_1", "Jo_Ray_2"],
        ),
        (
            ["submitted/jane/ps1/hw.ipynb", "submitted/jo/ps1/hw.ipynb"],
            ["submitted/jo/ps1/hw.ipynb", "submitted/mo/ps1/hw.ipynb"],
            ["jane_ps1_hw", "jo_ps1_hw", "mo_ps1_hw"],
        ),
        (["Anna.ipynb"], ["x/anna_.ipynb"], ["Anna", "x_anna"]),
    ],
)
def test_rows_are_added_or_replaced_and_stay_in_order(
    folder: Folder, first: list[str], then: list[str], ids: list[str]
) -> None:
    """Rows stay and new ones follow; given the whole class again, the input's order counts."""
    folder.grade(*first)
    folder.grade(*then)

    assert folder.ids == ids


def test_an_id_of_somebody_else_s_row_is_not_taken(folder: Folder) -> None:
    """Two people whose names make the same file name, in any case, keep a page each."""
    folder.grade("submitted/a b/ps1/hw.ipynb")
    folder.grade("submitted/A_b/ps1/hw.ipynb")

    assert folder.ids == ["a_b_ps1_hw", "A_b_ps1_hw-2"]


def test_a_student_with_two_rows_loses_neither(folder: Folder) -> None:
    """Of one person's two rows, a newer notebook replaces the one that it goes with."""
    roster = (Person(name="Jane Doe", id="4711", login="jane"),)
    folder.grade("jane.ipynb", "4711.ipynb", roster=roster)
    folder.grade("jane.ipynb", roster=roster)

    assert folder.ids == ["4711", "jane"]


def test_who_handed_in_before_is_not_absent_now(folder: Folder) -> None:
    """A roster's person is known in the rows of an earlier run, with or without a roster."""
    folder.grade("doejane_4711_1_hw.ipynb")
    folder.grade("anna.ipynb", roster=ROSTER)
    folder.grade(roster=ROSTER)

    assert folder.ids == ["doejane_4711_1", "anna", "(Jo_Ray_4712)"]
    assert folder.rows[0].submission.name == "Jane Doe"


@pytest.mark.parametrize("roster", [ROSTER, ()], ids=["roster", "none"])
def test_who_hands_in_later_is_absent_no_longer(folder: Folder, roster: Sequence[Person]) -> None:
    """The row that said so is replaced, and others who are absent still are."""
    folder.grade("anna.ipynb", roster=ROSTER)
    folder.grade("rayjo_4712_2_hw.ipynb", roster=roster)

    assert folder.ids == ["anna", "rayjo_4712_2", "(Jane_Doe_4711)"]


def test_rows_of_before_people_were_told_apart_are_matched_by_id(folder: Folder) -> None:
    """Results of an older grader have no word of the person."""
    folder.grade("a.ipynb", "b.ipynb")
    folder.rows = [replace(r, submission=replace(r.submission, person="", claims=())) for r in folder.rows]
    folder.grade("b.ipynb", "c.ipynb")

    assert folder.ids == ["a", "b", "c"]
