"""Pull, grade and push as somebody does it on the command line, killed and begun again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.cli import main
from grader.export import write_results
from grader.intake import find, join, read_roster
from grader.output_folder import only_writer
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord
from tests.first_of_each import first_of_each
from tests.platforms.conftest import RunningStandIn
from tests.platforms.test_killed_push import Killed, run

__all__ = ["run"]

Said = pytest.CaptureFixture[str]


def result(record: SubmissionRecord, score: float | None) -> GradingResult:
    """Return a result with a score; without one nothing was handed in."""
    if score is None:
        return GradingResult(record, "lens", SubmissionStatus.NOT_SUBMITTED, 0.0, 20.0)
    part = ExerciseResult("lens", ExerciseStatus.PARTIAL, score, 20.0)
    return GradingResult(record, "lens", SubmissionStatus.GRADED, score, 20.0, (part,))


def grade(folder: Path, out: Path, ada: float = 11.0) -> None:
    """Write results of what was pulled, as grading does: 12 for the team, 8.5 for Eve."""
    scores = {"Ada Test": ada, "Team 9": 12.0, "Eve Test": 8.5}
    submissions, absences, _ = join(find([folder]), read_roster(folder / "roster.csv"))
    rows = [result(s.record(), scores[s.student]) for s in submissions]
    out.mkdir(exist_ok=True)
    write_results(out / "results.jsonl", [*rows, *(result(a.record(), None) for a in absences)])


def test_a_cycle_on_the_command_line(platform: RunningStandIn, tmp_path: Path, capsys: Said) -> None:
    """The first call shows what the second writes; a third has nothing to do."""
    folder, out = tmp_path / "pulled", tmp_path / "out"
    assert main(["pull", "canvas", platform.page, "-o", str(folder)]) == 0
    assert "3 submissions; 5 students on the platform's list; 4 files fetched" in capsys.readouterr().out
    grade(folder, out)

    assert main(["push", "canvas", str(out), platform.page]) == 0
    said = capsys.readouterr()
    assert "Ada Test [Ada_Test_1]: no grade -> 11, with comment and page" in said.out
    assert "4 people to write for, 0 as they should be, 0 left as they are. Nothing was written" in said.out
    assert "no grade for 1 person (nothing handed in)" in said.err
    assert not any(s.get("writes") for s in platform.state["submissions"].values())

    assert main(["push", "canvas", str(out), platform.page, "--write"]) == 0
    assert "written for 4 people" in capsys.readouterr().out
    grades = {n: s["score"] for n, s in platform.state["submissions"].items()}
    assert grades == {"1": 11.0, "2": None, "3": 12.0, "4": 12.0, "5": 8.5}

    assert main(["push", "canvas", str(out), platform.page, "--write"]) == 0
    assert "written for 0 people, 4 as they should be" in capsys.readouterr().out


def test_a_new_attempt_is_noticed_and_graded(platform: RunningStandIn, tmp_path: Path, capsys: Said) -> None:
    """The grade of an older attempt never stands beside a newer one."""
    folder, out = tmp_path / "pulled", tmp_path / "out"
    main(["pull", "canvas", platform.page, "-o", str(folder)])
    grade(folder, out)
    submissions = platform.state["submissions"]
    newer = submissions["1"]["submission_history"][1] | {"attempt": 3, "submitted_at": "2026-11-30T10:00:00Z"}
    submissions["1"] |= newer | {"submission_history": [*submissions["1"]["submission_history"], newer]}
    platform.set(submissions=submissions)
    capsys.readouterr()

    assert main(["push", "canvas", str(out), platform.page, "--write"]) == 0
    assert "Ada Test [Ada_Test_1]: left as it is: handed in again since (attempt 3)" in capsys.readouterr().err
    main(["pull", "canvas", platform.page, "-o", str(folder)])
    grade(folder, out, ada=15.0)
    assert main(["push", "canvas", str(out), platform.page, "--write"]) == 0
    assert platform.state["submissions"]["1"]["score"] == 15.0


def test_the_grade_that_counts_is_written(platform: RunningStandIn, tmp_path: Path, capsys: Said) -> None:
    """What staff corrected goes to the platform as well, and who is excused gets nothing."""
    folder, out = tmp_path / "pulled", tmp_path / "out"
    main(["pull", "canvas", platform.page, "-o", str(folder)])
    grade(folder, out)
    main(["review", str(out), "set", "Ada_Test_1", "--points", "18", "--comment", "A right idea.", "--by", "me"])
    main(["review", str(out), "set", "Eve_Test_5", "--excuse", "--by", "me"])
    capsys.readouterr()

    assert main(["push", "canvas", str(out), platform.page, "--write"]) == 0
    submissions = platform.state["submissions"]
    assert submissions["1"]["score"] == 18.0
    assert "A right idea." in submissions["1"]["submission_comments"][0]["comment"]
    assert submissions["5"]["score"] is None
    assert submissions["5"]["submission_comments"] == []
    assert "no grade for 1 person (excused): Eve" in capsys.readouterr().err


def test_a_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said) -> None:
    """It comes with an extra."""
    monkeypatch.delitem(sys.modules, "grader.platforms.canvas_api", raising=False)
    monkeypatch.setitem(sys.modules, "canvasapi.requester", None)

    assert main(["pull", "canvas", "https://canvas.example/courses/1/assignments/2", "-o", str(tmp_path / "new")]) == 2
    assert "--editable '.[platforms]'" in capsys.readouterr().err


REQUESTS = {
    "before the list": ("/submissions", "kill_before", 0),
    "before the second file": ("/storage/", "kill_before", 1),
    "within the third file": ("/storage/", "kill_after", 2),
}


@pytest.mark.parametrize("when", first_of_each(REQUESTS, lambda when: REQUESTS[when][1], str))
def test_a_cycle_that_is_killed_and_begun_again(
    platform: RunningStandIn, tmp_path: Path, run: Killed, when: str
) -> None:
    """In the pull and in the push: every grade is written once."""
    folder, out = tmp_path / "pulled", tmp_path / "out"
    path, kind, after = REQUESTS[when]
    assert run(platform, folder, pull=True, path=path, kind=kind, after=after) == -9
    assert run(platform, folder, pull=True) == 0
    grade(folder, out)
    assert run(platform, out, path="/submissions/3", kind="kill_after", method="PUT") == -9
    assert run(platform, out) == 0
    submissions = platform.state["submissions"]

    assert {n: s["score"] for n, s in submissions.items()} == {"1": 11.0, "2": None, "3": 12.0, "4": 12.0, "5": 8.5}
    assert [len(s["submission_comments"]) for s in submissions.values()] == [1, 0, 1, 1, 1]


def test_two_at_once_do_not_mix(platform: RunningStandIn, tmp_path: Path, capsys: Said) -> None:
    """The second says so."""
    grade_folder = tmp_path / "out"
    with only_writer(grade_folder):
        write_results(grade_folder / "results.jsonl", [])
        assert main(["push", "canvas", str(grade_folder), platform.page, "--write"]) == 2
    assert "another batch is writing" in capsys.readouterr().err
