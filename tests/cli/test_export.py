"""`grader export` writes files, says what it must, and refuses what is in doubt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli import main
from grader.export import write_results
from grader.output_folder import only_writer
from grader.person import Person
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,lens (7)\r\nPoints Possible,,,,20\r\nAda,4711,ada,A,\r\nBen,4712,ben,A,\r\n"
)
CHECKED = ExerciseResult("lens", ExerciseStatus.PARTIAL, 11.0, 20.0, title="Logit lens")
ADA = GradingResult(
    submission=SubmissionRecord(
        "ada_4711_98765", "ada", "ada_4711_98765_hw1.ipynb", "0" * 64, claims=(Person(id="4711", name="ada"),)
    ),
    assignment="lens",
    status=SubmissionStatus.GRADED,
    score=11.0,
    max_score=20.0,
    exercises=(CHECKED,),
)
ABSENT = replace(
    ADA,
    submission=SubmissionRecord("Ben_4712", "Ben", "", "", claims=(Person(id="4712", name="Ben"),)),
    status=SubmissionStatus.NOT_SUBMITTED,
    score=0.0,
    exercises=(),
)

Said = pytest.CaptureFixture[str]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded batch of one person who handed in and one who did not."""
    folder = tmp_path / "out"
    folder.mkdir()
    write_results(folder / "results.jsonl", [ADA, ABSENT])
    return folder


@pytest.fixture
def gradebook(tmp_path: Path) -> Path:
    """Canvas's gradebook of two people."""
    path = tmp_path / "gradebook.csv"
    path.write_bytes(GRADEBOOK.encode())
    return path


def test_the_downloaded_file_is_filled_in(out: Path, gradebook: Path, capsys: Said) -> None:
    """Without -o the file itself is replaced.

    Its path is on stdout, who has no grade on stderr.
    """
    assert main(["export", str(out), "--to", "canvas", "--into", str(gradebook)]) == 0

    assert gradebook.read_bytes().decode() == GRADEBOOK.replace("ada,A,", "ada,A,11")
    said = capsys.readouterr()
    assert said.out == f"{gradebook}\n"
    assert "no grade for 1 person (nothing handed in): Ben" in said.err


def test_another_file_is_written_where_one_is_named(out: Path, gradebook: Path, tmp_path: Path) -> None:
    """With -o the downloaded file stays as it is."""
    assert main(["export", str(out), "--to", "canvas", "--into", str(gradebook), "-o", str(tmp_path / "new.csv")]) == 0

    assert gradebook.read_bytes().decode() == GRADEBOOK
    assert (tmp_path / "new.csv").read_bytes().decode() == GRADEBOOK.replace("ada,A,", "ada,A,11")


Wrong = Callable[[Path, Path], list[str]]
REFUSED: dict[str, tuple[Wrong, str]] = {
    "a folder without results": (lambda out, book: [str(book.parent), "--to", "canvas"], "there is no results.jsonl"),
    "no file to fill in": (lambda out, book: [str(out), "--to", "canvas"], "--into FILE"),
    "a file that is not there": (
        lambda out, book: [str(out), "--to", "canvas", "--into", "no.csv"],
        "cannot read the table of grades no.csv",
    ),
    "a format that is none": (lambda out, book: [str(out), "--to", "cavnas"], "cavnas"),
    "an option of another format": (
        lambda out, book: [str(out), "--to", "moodle", "--into", str(book), "--column", "x"],
        "--column says nothing to moodle",
    ),
    "another column": (
        lambda out, book: [str(out), "--to", "canvas", "--into", str(book), "--column", "x"],
        "no column for 'x'",
    ),
}


@pytest.mark.parametrize(("wrong", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_exported_is_one_sentence(
    out: Path, gradebook: Path, capsys: Said, wrong: Wrong, sentence: str
) -> None:
    """Exit code 2, one line on stderr, and the downloaded file is as it was."""
    assert main(["export", *wrong(out, gradebook)]) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert gradebook.read_bytes().decode() == GRADEBOOK


def test_an_assignment_needs_no_results(wheel: Path, tmp_path: Path, capsys: Said) -> None:
    """What is made of an assignment alone is written where nothing was graded yet."""
    arguments = ["export", str(tmp_path / "new"), "--to", "gradescope-autograder", "-a", "transformer_interp"]

    assert main([*arguments, "--wheel", str(wheel)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'new' / 'autograder.zip'}\n"
    assert zipfile.is_zipfile(tmp_path / "new" / "autograder.zip")
    assert (tmp_path / "new" / "autograder.zip").stat().st_mode & 0o077 == 0


def test_a_batch_that_is_being_graded_is_not_exported(out: Path, gradebook: Path, capsys: Said) -> None:
    """Half a batch would leave the others without a grade and nobody would know."""
    with only_writer(out):
        assert main(["export", str(out), "--to", "canvas", "--into", str(gradebook)]) == 2

    assert "another batch is writing" in capsys.readouterr().err
    assert gradebook.read_bytes().decode() == GRADEBOOK


def test_a_folder_that_may_only_be_read_is_exported(
    out: Path, gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague's batch need not be writable."""

    refused = []

    def refuse(path: Path, *arguments: object, **options: object) -> int:
        if str(path).startswith(str(out)) and str(path).endswith(".lock"):
            refused.append(path)
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    opened = os.open
    monkeypatch.setattr(os, "open", refuse)

    assert main(["export", str(out), "--to", "canvas", "--into", str(gradebook)]) == 0
    assert refused


def test_a_private_gradebook_stays_private(out: Path, gradebook: Path) -> None:
    """A file that others cannot read is not opened to them by grades that are filled in."""
    gradebook.chmod(0o600)

    assert main(["export", str(out), "--to", "canvas", "--into", str(gradebook)]) == 0
    assert gradebook.stat().st_mode & 0o777 == 0o600


def test_standard_output_is_a_place(out: Path, capsys: Said) -> None:
    """What a shell is to append or a runner to read goes to stdout, and nothing else does."""
    assert main(["export", str(out), "--to", "github-annotations"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "::error title=Ben::Nothing was handed in.",
        "::error file=ada_4711_98765_hw1.ipynb,title=lens%3A Logit lens::This check fails.",
    ]

    assert main(["export", str(out), "--to", "json", "-o", "-"]) == 0
    assert [row["student"] for row in json.loads(capsys.readouterr().out)] == ["ada", "Ben"]


def test_standard_output_gets_the_file_s_own_bytes(out: Path, gradebook: Path) -> None:
    """Neither encoding nor line ends are the terminal's."""
    gradebook.write_bytes(b"\xff\xfe" + GRADEBOOK.encode("utf-16-le"))
    command = [sys.executable, "-P", "-m", "grader", "export", out, "--to", "canvas", "--into", gradebook, "-o", "-"]
    done = subprocess.run(command, env=os.environ | {"LC_ALL": "C"}, capture_output=True, check=True)  # noqa: S603

    assert done.stdout == b"\xff\xfe" + GRADEBOOK.replace("ada,A,", "ada,A,11").encode("utf-16-le")


def test_a_place_that_cannot_be_written_is_one_sentence(out: Path, tmp_path: Path, capsys: Said) -> None:
    """A folder in the file's place is refused, with what the system says; exit code 3."""
    (tmp_path / "taken").mkdir()

    assert main(["export", str(out), "--to", "junit", "-o", str(tmp_path / "taken")]) == 3
    assert "cannot write" in capsys.readouterr().err
    assert list((tmp_path / "taken").iterdir()) == []
