"""An examiner that makes no progress is stopped; one that waits for a processor is not."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.heartbeat import ExaminerTimeout, Heartbeat
from grader.kernel.clock import Time
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Submission, digest
from grader.worker import Examiners, _Examination
from tests.cli.conftest import RIGHT, TINY, write
from tests.kinds import first_of_each

STOPPED = "the examiner process stood still and was stopped."


def graded(root: Path, folder: Path, cells: tuple[str, ...], examiner_timeout: Time) -> GradingResult:
    """Grade a notebook by the checks in ``root``."""
    notebook = write(folder / "mine.ipynb", *cells)
    submission = Submission("me", "Me", notebook, notebook.name, digest(notebook.read_bytes()))
    with Examiners(load_assignment(str(root)), examiner_timeout=examiner_timeout) as examiners:
        [result] = examiners.grade([submission])
    return result


@pytest.mark.parametrize("forever", first_of_each(["threading.Event().wait()", "while True: pass"], type, str))
def test_a_check_that_never_ends_is_stopped(tmp_path: Path, forever: str) -> None:
    """It is an error of ours, whether it computes or waits."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    with (root / "test_checks.py").open("a", encoding="utf-8") as checks:
        checks.write(f"\n\nimport threading\n\n\n@pytest.fixture(autouse=True)\ndef never_ends():\n    {forever}\n")

    result = graded(root, tmp_path, RIGHT, Time(3.0, 3.0))

    assert (result.status, result.message) == (SubmissionStatus.ERROR, STOPPED)


def test_a_sign_of_life_renews_patience() -> None:
    """What counts is the time since the last one."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    with child("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (60, 60))\nwhile True: pass") as pid:
        timeout = ExaminerTimeout(pid, Time(0.1, 60.0))
        while not timeout.exhausted():
            pass
        beat = Heartbeat(theirs, every_s=0.0)
        beat()

        examination = _Examination(Submission("me", "Me", Path("x"), "x", ""), 1, None, ours, timeout)  # type: ignore[arg-type] # not asked for

        assert not examination.over()


def test_who_is_stopped_from_outside_and_not_looked_at_is_not_silent() -> None:
    """A machine that stood still, or a parent that had other things to do, ends nobody."""
    with child("import sys; sys.stdin.read()") as pid:
        timeout = ExaminerTimeout(pid, Time(60.0, 1.5))
        timeout._clock._seen -= 3600.0  # type: ignore[attr-defined] # an hour, without an hour

        assert not timeout.exhausted()


@contextlib.contextmanager
def child(source: str) -> Iterator[int]:
    """Run a Python process meanwhile."""
    process = subprocess.Popen([sys.executable, "-I", "-c", source], stdin=subprocess.PIPE)  # noqa: S603 - our own
    try:
        yield process.pid
    finally:
        process.kill()
        process.communicate()
