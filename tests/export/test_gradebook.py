"""The gradebook is right for people in spreadsheets and for programs."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.corrections import final_grade
from grader.export import write_csv as write_grades
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus

Build = Callable[..., GradingResult]


def write_csv(path: Path, results: list[GradingResult], exercises: Sequence[str] = ()) -> None:
    write_grades(path, map(final_grade, results), exercises)


def exercise(name: str, score: float, status: ExerciseStatus = ExerciseStatus.FAILED) -> ExerciseResult:
    return ExerciseResult(name, status, score, 10.0)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_columns_are_the_contract_then_one_per_exercise(tmp_path: Path, build: Build) -> None:
    """The five fixed columns come first, then each exercise's score."""
    write_csv(tmp_path / "grades.csv", [build("ada", exercise("lens", 6.0), exercise("stream", 5.0))])

    assert rows(tmp_path / "grades.csv") == [
        ["student", "submission", "score", "max_score", "status", "lens", "stream", "final_score"],
        ["ada", "ada_1", "11", "20", "graded", "6", "5", "11"],
    ]


def test_exercise_columns_keep_the_assignment_s_order(tmp_path: Path, build: Build) -> None:
    """The caller's order wins; a result without an exercise has an empty cell."""
    write_csv(tmp_path / "grades.csv", [build("ada", exercise("stream", 5.0))], exercises=["lens", "stream"])

    assert rows(tmp_path / "grades.csv")[0][5:] == ["lens", "stream", "final_score"]
    assert rows(tmp_path / "grades.csv")[1][5:] == ["", "5", "5"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n", "＝", "＠"])  # noqa: RUF001 - look-alikes on purpose
def test_no_text_is_taken_for_a_formula(tmp_path: Path, build: Build, start: str) -> None:
    """A name that a spreadsheet would run gets an apostrophe before it."""
    write_csv(tmp_path / "grades.csv", [build(f"{start}HYPERLINK(1)")])

    student, submission, *_ = rows(tmp_path / "grades.csv")[1]
    assert student == f"'{start}HYPERLINK(1)"
    assert submission == f"'{start}HYPERLINK(1)_1"


def test_commas_quotes_and_line_ends_stay_in_their_cell(tmp_path: Path, build: Build) -> None:
    """A name with the format's own characters comes back as it was."""
    write_csv(tmp_path / "grades.csv", [build('Doe, "Jane"\nzoë 王')])

    assert rows(tmp_path / "grades.csv")[1][0] == 'Doe, "Jane"\nzoë 王'


@pytest.mark.parametrize("mark", ["\x07", "\x1b", "\x9b", "\u202e", "\r", "\0"])
def test_what_acts_on_a_terminal_is_spelled_out(tmp_path: Path, build: Build, mark: str) -> None:
    """A name's terminal codes and changes of direction are shown by their numbers."""
    write_csv(tmp_path / "grades.csv", [build(f"a{mark}=1")])

    assert rows(tmp_path / "grades.csv")[1][0] == f"a⟨U+{ord(mark):04X}⟩=1"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_spreadsheet_that_splits_elsewhere_starts_no_formula(tmp_path: Path, build: Build, mark: str) -> None:
    """What follows a semicolon or a tab in a name starts no formula where cells end at these."""
    write_csv(tmp_path / "grades.csv", [build(f"jane{mark}=HYPERLINK(1)"), build("ada")])

    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        elsewhere = list(csv.reader(file, delimiter=mark))
    assert not any(cell.startswith("=") for row in elsewhere for cell in row)
    assert rows(tmp_path / "grades.csv")[1][0] == f"jane{mark}'=HYPERLINK(1)"
    assert elsewhere[2] == ["ada,ada_1,0,20,graded,0,0"]


def test_a_text_that_is_not_unicode_does_not_stop_the_batch(tmp_path: Path, build: Build) -> None:
    """Lone surrogates in a file's name are written in a form that every reader accepts."""
    write_csv(tmp_path / "grades.csv", [build("a\udc80b\ud800c")])

    assert rows(tmp_path / "grades.csv")[1][0] == "a\\x80b⟨U+D800⟩c"


@pytest.mark.parametrize(
    ("score", "cell"), [(11.0, "11"), (10.5, "10.5"), (1 / 3, "0.3333"), (0.0, "0"), (-0.0, "0"), (1e6, "1000000")]
)
def test_numbers_are_short_and_plain(tmp_path: Path, build: Build, score: float, cell: str) -> None:
    """A score has no needless zeros and no exponent."""
    write_csv(tmp_path / "grades.csv", [build("ada", exercise("lens", score))])

    assert rows(tmp_path / "grades.csv")[1][2] == cell


def test_a_fault_of_ours_is_an_empty_cell_and_not_a_zero(tmp_path: Path, build: Build) -> None:
    """What could not be graded carries no number that a gradebook would import."""
    failed_by_us, right = exercise("lens", 0.0, ExerciseStatus.ERROR), exercise("stream", 10.0)
    stopped, spoiled = build("ada", right, status=SubmissionStatus.ERROR), build("bob", failed_by_us, right)
    write_csv(tmp_path / "grades.csv", [stopped, spoiled], exercises=["lens", "stream"])

    assert rows(tmp_path / "grades.csv")[1][2:] == ["", "20", "error", "", "", ""]
    assert rows(tmp_path / "grades.csv")[2][2:] == ["10", "20", "graded", "", "10", ""]


def test_a_failed_write_leaves_the_old_table(tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the earlier file is whole and nothing is left beside it."""
    write_csv(tmp_path / "grades.csv", [build("ada")])
    before = (tmp_path / "grades.csv").read_bytes()

    def refuse(handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_csv(tmp_path / "grades.csv", [build("bob")])

    assert (tmp_path / "grades.csv").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]
