"""``grader grade`` writes every row, page and gradebook when a part of it fails."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each
from tests.forked import COMMAND, run_forked

from .conftest import KEPT, RIGHT, TINY, Run, environment_in, write

NO_CLOSING = """
import os
from grader.kernel import KernelPool
close, command = KernelPool.close, os.getpid()
def refuse(self):
    close(self)
    if os.getpid() == command:
        raise RecursionError("too deep a folder")
KernelPool.close = refuse
"""
BREAKS_OFF = """
import grader.worker
collect, seen = grader.worker._examined_result, []
def once(done, assignment):
    seen.append(done)
    if len(seen) == 2:
        raise RuntimeError("no more")
    return collect(done, assignment)
grader.worker._examined_result = once
"""
NO_PAGES = """
import grader.output_folder
def broken(result, assignment_title=""):
    raise KeyError("a bug")
grader.output_folder.PAGES["feedback"] = broken
"""
NO_OVERVIEW = """
import grader.output_folder
def broken(results, assignment_title=""):
    raise KeyError("a bug")
grader.output_folder.batch_page = broken
"""


FAULTS = {"closing": NO_CLOSING, "pages": NO_PAGES, "overview": NO_OVERVIEW}


def grade_with(fault: str, folder: Path, handed_in: Path) -> subprocess.CompletedProcess[str]:
    """Grade a folder in a process in which something of ours is broken."""
    words = ("grade", handed_in, "-a", TINY, "-o", folder / "out", "--jobs", "1")
    return run_forked(fault + COMMAND, words, folder, environment_in(folder) | KEPT)


def statuses(out: Path) -> dict[str, str]:
    """Return each submission's status, and hold the gradebook and the pages against the rows."""
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    found = {r["submission"]["id"]: r["status"] for r in rows}
    with (out / "grades.csv").open(newline="") as file:
        assert {r["submission"]: r["status"] for r in csv.DictReader(file)} == found
    assert (out / "index.html").is_file()
    return found


@pytest.mark.parametrize("fault", first_of_each(FAULTS, type, str))
def test_a_fault_beside_the_grading_costs_no_grade(fault: str, handed_in: Path, tmp_path: Path) -> None:
    """Kernels that cannot be removed or a page that cannot be made leave all results."""
    done = grade_with(FAULTS[fault], tmp_path, handed_in)

    assert done.returncode == 0, done.stderr
    assert statuses(tmp_path / "out") == {"anna": "graded", "bert": "graded", "cora": "unreadable"}
    assert len([*(tmp_path / "out" / "feedback").iterdir()]) == len([*(tmp_path / "out" / "review").iterdir()]) == 3


def test_when_grading_breaks_off_the_others_have_a_row_and_are_graded_next_time(
    grader: Run, handed_in: Path, tmp_path: Path
) -> None:
    """What was graded before stands; what was not says so, and the same command grades it."""
    grade_with(BREAKS_OFF, tmp_path, handed_in)
    broken = statuses(tmp_path / "out")

    grader("grade", handed_in, "-a", TINY, "-o", tmp_path / "out")

    assert broken == {"anna": "graded", "bert": "error", "cora": "error"}
    assert statuses(tmp_path / "out") == {"anna": "graded", "bert": "graded", "cora": "unreadable"}


def test_an_examiner_that_dies_costs_one_row(grader: Run, course: Path, handed_in: Path, tmp_path: Path) -> None:
    """A check that takes its process down leaves the other submissions alone."""
    checks = (TINY / "checks" / "visible" / "test_checks.py").read_text()
    dies = "    if student.pair(5)[1] > 10:\n        import os; os.kill(os.getpid(), 9)\n"
    (course / "checks" / "visible" / "test_checks.py").write_text(
        checks.replace("    first, second =", f"{dies}    first, second =")
    )
    write(handed_in / "bert.ipynb", RIGHT[0], "def pair(number):\n    return number, 99\n")

    grader("grade", handed_in, "-a", course, "-o", tmp_path / "out")

    assert statuses(tmp_path / "out") == {"anna": "graded", "bert": "error", "cora": "unreadable"}


def test_a_full_disk_is_one_sentence(grader: Run, handed_in: Path, tmp_path: Path) -> None:
    """What the system refuses is reported without a traceback, with exit code 3."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "feedback").write_text("in the way")

    done = grader("grade", handed_in, "-a", TINY, "-o", tmp_path / "out")

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "feedback: File exists" in done.stderr


def test_a_file_s_name_does_not_steer_the_terminal(grader: Run, course: Path, tmp_path: Path) -> None:
    """Escape sequences in names reach no stream: not the log, errors or the summary."""
    (course / "checks" / "visible" / "test_checks.py").write_text(
        (TINY / "checks" / "visible" / "test_checks.py")
        .read_text()
        .replace("    assert first == 5", "    nothing_of_that_name")
    )
    red = write(tmp_path / "in" / "a\x1b[31mred.ipynb", *RIGHT)

    graded, missing = grader("grade", red.parent, "-a", course, "-o", "out"), grader("check", "\x1b[31mno", "-a", TINY)

    assert "red.ipynb" in graded.stderr
    assert "there is no file" in missing.stderr
    assert "\x1b[31m" not in graded.stdout + graded.stderr + missing.stderr
