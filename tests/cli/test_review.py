"""``grader review`` corrects grades; pages, gradebook and exports follow, results do not."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from grader.corrections import read_overrides
from grader.export import read_results, write_results
from grader.output_folder import only_writer
from grader.person import Person
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)
from grader.submission import SubmissionRecord

from .conftest import GRADER, RIGHT, TINY, Run, write
from .test_machine_refuses import as_nobody_special

Said = pytest.CaptureFixture[str]

CHECKS = (
    CheckResult("test_shape", "Right shape", Outcome.PASSED, 5.0, 5.0),
    CheckResult("test_kl[a secret prompt]", "Small divergence", Outcome.FAILED, 0.0, 5.0, Visibility.HIDDEN),
)
LENS = ExerciseResult("lens", ExerciseStatus.PARTIAL, 5.0, 10.0, title="Logit lens", checks=CHECKS)
COURSE = """
[late]
per_day = 10
[assignments.lens]
due = 2026-11-20T22:00:00Z
"""


def graded(name: str, number: int, **changes: Any) -> GradingResult:
    submission = SubmissionRecord(
        f"{name}_{number}", name, f"{name}_{number}_98765_hw1.ipynb", str(number % 10) * 64, name=name.title(),
        claims=(Person(id=str(number), name=name.title()),),
    )  # fmt: skip
    record = {k: changes.pop(k) for k in [*changes] if k in ("late", "submitted", "sha256", "path")}
    result = GradingResult(replace(submission, **record), "lens", SubmissionStatus.GRADED, 5.0, 10.0, (LENS,))
    return replace(result, **changes)


ADA, BEN = graded("ada", 4711), graded("ben", 4712)
EVE = graded("eve", 4713, sha256="", path="", status=SubmissionStatus.NOT_SUBMITTED, score=0.0, exercises=())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded batch of two people who handed in and one who did not."""
    folder = tmp_path / "out"
    folder.mkdir()
    write_results(folder / "results.jsonl", [ADA, BEN, EVE])
    assert main(["render", str(folder)]) == 0
    return folder


def review(out: Path, *words: str) -> int:
    return main(["review", str(out), *words])


def finals(out: Path) -> dict[str, tuple[str, str, str]]:
    """Return score, final score and status in the gradebook, by person."""
    with (out / "grades.csv").open(newline="") as file:
        return {r["student"]: (r["score"], r["final_score"], r["status"]) for r in csv.DictReader(file)}


def page(out: Path, name: str) -> str:
    """Return the text of a page, without its markup."""
    body = (out / name).read_text().partition("<body")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_a_correction_is_everywhere_at_once(out: Path, capsys: Said) -> None:
    """In both pages, the overview and the gradebook; the results keep what the checks gave."""
    before = (out / "results.jsonl").read_bytes()
    words = ["set", "Ada", "--exercise", "lens", "--points", "8.5", "--comment", "Right idea.", "--by", "Cara"]

    assert review(out, *words) == 0

    assert "ada_4711: 5/10 before, 8.5/10 now" in capsys.readouterr().out
    assert finals(out) == {
        "ada": ("5", "8.5", "graded"), "ben": ("5", "5", "graded"), "eve": ("", "", "not_submitted"),
    }  # fmt: skip
    told = "Your instructor set the points of Logit lens: 8.5 of 10 points; the checks gave 5."
    student, staff = page(out, "feedback/ada_4711.html"), page(out, "review/ada_4711.html")
    assert "8.5 of 10 points" in student
    assert told in student
    assert "Your instructor on Logit lens: Right idea." in student
    assert "Logit lens 8.5 points, a comment 5 Cara" in staff
    assert "Your instructor" not in staff
    assert "Cara" not in student
    assert "from the checks 5 of 10" in staff
    assert "8.5 checks: 5" in page(out, "index.html")
    assert (out / "results.jsonl").read_bytes() == before


def test_a_hidden_check_keeps_its_secret(out: Path) -> None:
    """The student reads its title, not its input."""
    assert review(out, "set", "ada", "--check", "test_kl[a secret prompt]", "--points", "2") == 0

    assert "“Small divergence” in Logit lens: 2 of 5 points" in page(out, "feedback/ada_4711.html")
    assert "a secret prompt" not in (out / "feedback" / "ada_4711.html").read_text()
    assert finals(out)["ada"] == ("5", "7", "graded")


def test_an_excuse_is_an_empty_cell(out: Path, tmp_path: Path) -> None:
    """In the gradebook and in a platform's, where a grade from before is taken out."""
    book = tmp_path / "book.csv"
    header = "Student,ID,SIS Login ID,Section,lens (7)\r\nPoints Possible,,,,10\r\n"
    book.write_bytes(f"{header}Ada,4711,ada,A,5\r\nBen,4712,ben,A,5\r\nEve,4713,eve,A,\r\n".encode())
    assert review(out, "set", "ada", "--excuse", "--comment", "Ill.") == 0
    assert review(out, "set", "eve", "--excuse") == 0

    assert finals(out)["ada"] == ("", "", "excused")
    assert finals(out)["eve"] == ("", "", "excused")
    assert "Excused" in page(out, "feedback/ada_4711.html")
    assert main(["export", str(out), "--to", "canvas", "--into", str(book)]) == 0
    assert book.read_text().splitlines()[2:] == ["Ada,4711,ada,A,", "Ben,4712,ben,A,5", "Eve,4713,eve,A,"]


def test_the_last_correction_is_taken_back(out: Path) -> None:
    """The one before it counts again; pages of somebody who handed in nothing go."""
    for points in ("8", "9"):
        assert review(out, "set", "eve", "--points", points) == 0
    assert finals(out)["eve"] == ("", "9", "graded")

    assert review(out, "set", "eve", "--undo") == 0
    assert finals(out)["eve"] == ("", "8", "graded")
    assert (out / "feedback" / "eve_4713.html").exists()
    assert review(out, "set", "eve", "--undo") == 0
    assert finals(out)["eve"] == ("", "", "not_submitted")
    assert not (out / "feedback" / "eve_4713.html").exists()


def test_a_0_is_set_as_any_other_number(out: Path, tmp_path: Path) -> None:
    """No points, and no day late."""
    (tmp_path / "course.toml").write_text(COURSE)
    write_results(out / "results.jsonl", [ADA, graded("ben", 4712, late=True)])
    assert main(["render", str(out), "--course", str(tmp_path / "course.toml")]) == 2

    assert review(out, "set", "ada", "--points", "0") == 0
    assert review(out, "set", "ben", "--days-late", "0") == 0

    assert finals(out) == {"ada": ("5", "0", "graded"), "ben": ("5", "5", "graded")}


def test_the_list_says_what_counts(out: Path, capsys: Said) -> None:
    """For a program as JSON; what is not applied says why."""
    assert review(out, "set", "ada", "--points", "7", "--by", "Cara") == 0
    write_results(out / "results.jsonl", [replace(ADA, submission=replace(ADA.submission, sha256="2" * 64)), BEN])
    capsys.readouterr()

    assert review(out, "list", "--json") == 0
    [entry] = json.loads(capsys.readouterr().out)
    assert (entry["submission"], entry["points"], entry["who"]) == ("ada_4711", 7.0, "Cara")
    assert (entry["counts"], entry["why_not"]) == (False, "of an earlier submission; --again applies it")
    assert review(out) == 0
    assert "Cara" in capsys.readouterr().out


def test_a_new_attempt_is_offered_the_correction(out: Path, capsys: Said) -> None:
    """Not applied to it, and said; one option applies it."""
    assert review(out, "set", "ada", "--points", "7", "--comment", "Nice.") == 0
    write_results(out / "results.jsonl", [replace(ADA, submission=replace(ADA.submission, sha256="2" * 64)), BEN])
    capsys.readouterr()

    assert main(["render", str(out)]) == 0
    assert "1 submission are of what was handed in before and were not applied" in capsys.readouterr().out
    assert finals(out)["ada"] == ("5", "5", "graded")
    assert "not applied" in page(out, "review/ada_4711.html")
    assert "not applied" in page(out, "index.html")
    assert "Nice." not in page(out, "feedback/ada_4711.html")
    assert review(out, "set", "ada", "--again") == 0
    assert finals(out)["ada"] == ("5", "7", "graded")
    assert [o.sha256[0] for o in read_overrides(out / "overrides.toml")] == ["1", "2"]


WRONG: dict[str, tuple[list[str], str]] = {
    "nobody": (["set", "adda", "--points", "1"], "nobody in"),
    "nobody, but near": (["set", "adda", "--points", "1"], "did you mean 'ada'"),
    "nothing": (["set", "ada"], "what is to be set?"),
    "an empty comment": (["set", "ada", "--comment", ""], "what is to be set?"),
    "no person": (["set"], "whose grade is to be corrected?"),
    "too many points": (["set", "ada", "--points", "11"], "11 points are more than the 10 that there are"),
    "another exercise": (["set", "ada", "--exercise", "lense", "--points", "1"], "they are lens"),
    "another check": (["set", "ada", "--check", "kl", "--points", "1"], "they are test_shape, test_kl["),
    "an excuse of a part": (["set", "ada", "--exercise", "lens", "--excuse"], "--excuse is of a whole submission"),
    "nothing to take back": (["set", "ada", "--undo"], "nothing was set for ada_4711 of the whole submission"),
    "nothing to apply again": (["set", "ada", "--again"], "no correction of an earlier submission"),
    "a list with a person": (["list", "ada"], "`list` takes no person"),
    "points that are none": (["set", "ada", "--points", "many"], "must be a number of points"),
    "two things at once": (["set", "ada", "--undo", "--points", "1"], "go with nothing else"),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_set_is_one_sentence(out: Path, capsys: Said, words: list[str], sentence: str) -> None:
    """Exit code 2, one line, and nothing is written."""
    before = {p: p.read_bytes() for p in out.rglob("*.*") if p.is_file()}
    capsys.readouterr()

    assert review(out, *words) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert {p: p.read_bytes() for p in out.rglob("*.*") if p.is_file()} == before


def test_what_people_edit_counts_with_the_next_render(out: Path) -> None:
    """A file that is wrong is said, and the pages stay as they were."""
    text = '[[override]]\nperson = "Ben"\nsha256 = "22222222"\nwho = "Cara"\nwhen = 2026-11-30T10:00:00\npoints = 9\n'
    (out / "overrides.toml").write_text(text)
    assert main(["render", str(out)]) == 0
    assert finals(out)["ben"] == ("5", "9", "graded")

    (out / "overrides.toml").write_text(text.replace("points", "point"))
    assert main(["render", str(out)]) == 2
    assert main(["export", str(out), "--to", "csv"]) == 2
    assert finals(out)["ben"] == ("5", "9", "graded")


def test_a_course_re_scores_without_grading(out: Path, tmp_path: Path) -> None:
    """Lateness is taken off and told in words; a changed file counts at the next render."""
    course = tmp_path / "course.toml"
    course.write_text(COURSE)
    write_results(out / "results.jsonl", [graded("ada", 4711, submitted="2026-11-21T22:00:01+00:00"), BEN])
    assert main(["render", str(out), "--course", str(course)]) == 0

    assert finals(out)["ada"] == ("5", "3", "graded")
    told = "Handed in 2 days late: 2 points are taken off (20 % of 10)."
    assert told in page(out, "feedback/ada_4711.html")
    course.write_text(COURSE.replace("= 10", "= 15"))
    assert main(["render", str(out)]) == 0
    assert finals(out)["ada"] == ("5", "2", "graded")
    assert review(out, "set", "ada", "--waive-late") == 0
    assert finals(out)["ada"] == ("5", "5", "graded")
    assert "waived what lateness costs" in page(out, "feedback/ada_4711.html")
    assert read_results(out / "results.jsonl")[0].score == 5.0


def test_days_that_nothing_tells_are_asked_for(out: Path, tmp_path: Path, capsys: Said) -> None:
    """One sentence, exit code 2, and an empty final score until they are given."""
    (tmp_path / "course.toml").write_text(COURSE)
    write_results(out / "results.jsonl", [graded("ada", 4711, late=True), BEN])
    capsys.readouterr()

    assert main(["render", str(out), "--course", str(tmp_path / "course.toml")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "1 submission is late, and nothing tells by how many days" in line
    assert "set ID --days-late N" in line
    assert finals(out) == {"ada": ("5", "", "graded"), "ben": ("5", "5", "graded")}
    assert "still to be decided what that costs" in page(out, "feedback/ada_4711.html")
    assert review(out, "set", "ada", "--days-late", "3") == 0
    assert finals(out)["ada"] == ("5", "2", "graded")
    assert main(["render", str(out)]) == 0


def test_two_graders_wait_for_each_other(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """Who waits in vain is told so, and nothing is lost."""
    monkeypatch.setattr("grader.review._WAIT_S", 0.01)
    with only_writer(out):
        assert review(out, "set", "ada", "--points", "7") == 2

    assert "is writing to" in capsys.readouterr().err
    assert not (out / "overrides.toml").exists()


def test_a_correction_outlasts_grading(grader: Run, tmp_path: Path) -> None:
    """It stays with the file it is of: graded again it counts, for another file it is offered."""
    notebook = write(tmp_path / "in" / "anna.ipynb", *RIGHT)
    grade: Callable[..., Any] = lambda *more: grader("grade", "in", "-a", TINY, "-o", "out", *more)  # noqa: E731
    grade()
    assert grader("review", "out", "set", "anna", "--points", "3").returncode == 0

    for more in ((), ("--fresh",)):
        assert "3/6" in grade(*more).stdout
        assert finals(tmp_path / "out")["anna"] == ("6", "3", "graded")
    write(notebook, *RIGHT, "more = 1\n")
    said = grade().stdout
    assert finals(tmp_path / "out")["anna"] == ("6", "6", "graded")
    assert "were not applied; `grader review OUT set ID --again` applies them: anna" in said


def test_a_folder_that_may_not_be_written_stays_as_it_is(out: Path) -> None:
    """One sentence says so, and the corrections can still be read."""
    assert review(out, "set", "ada", "--points", "7", "--by", "Cara") == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    for folder in (out, out / "feedback", out / "review"):
        folder.chmod(0o555)

    try:
        refused, listed = (
            subprocess.run(  # noqa: S603 - our own program, and no threads
                [*GRADER, "review", str(out), *words],
                preexec_fn=as_nobody_special,
                capture_output=True,
                text=True,
                check=False,
            )
            for words in (["set", "ada", "--points", "8"], ["list", "--json"])
        )
    finally:
        for folder in (out, out / "feedback", out / "review"):
            folder.chmod(0o755)

    assert refused.returncode in (2, 3)
    assert "Permission denied" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert [entry["points"] for entry in json.loads(listed.stdout)] == [7.0]
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_grading_with_a_course_asks_for_the_days_and_goes_on(grader: Run, tmp_path: Path) -> None:
    """Canvas's names say LATE and no more: the exit code is 2 until the days are told."""
    write(tmp_path / "in" / "doejane_LATE_4711_98765_hw1.ipynb", *RIGHT)
    write(tmp_path / "in" / "roejim_4712_98766_hw1.ipynb", *RIGHT)
    (tmp_path / "course.toml").write_text("[late]\nper_day = 50\n")
    grade = ("grade", "in", "-a", TINY, "-o", "out")

    asked = grader(*grade, "--course", "course.toml")
    told = grader("review", "out", "set", "4711", "--days-late", "1")
    again = grader(*grade)

    assert (asked.returncode, told.returncode, again.returncode) == (2, 0, 0)
    assert "1 submission is late, and nothing tells by how many days" in asked.stderr
    assert "2 unchanged and not graded again" in again.stdout
    assert finals(tmp_path / "out") == {"doejane": ("6", "3", "graded"), "roejim": ("6", "6", "graded")}
