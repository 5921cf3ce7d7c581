"""An examiner that makes no progress is stopped; one that waits for a processor is not."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.digests import digest
from grader.examiner_process import Examination
from grader.heartbeat import ExaminerTimeout, Heartbeat
from grader.kernel.lasting_zygote import stop_zygotes
from grader.kernel.processor_clock import Time
from grader.kernel.zygote_connection import Connection
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Submission
from grader.worker import Examiners
from tests.cli.conftest import RIGHT, TINY, holders, write
from tests.first_of_each import first_of_each
from tests.kernel.test_pool import descriptors, zygote_pid

STOPPED = "the examiner process stood still and was stopped."


def graded(root: Path, folder: Path, cells: tuple[str, ...], examiner_timeout: Time) -> GradingResult:
    """Grade a notebook by the checks in ``root``."""
    with Examiners(load_assignment(str(root)), examiner_timeout=examiner_timeout) as examiners:
        [result] = examiners.grade([submission(folder / "mine.ipynb", *cells)])
    return result


def submission(path: Path, *cells: str) -> Submission:
    """Return a notebook of these cells, handed in."""
    notebook = write(path, *cells)
    return Submission(path.stem, path.stem, notebook, path.name, digest(notebook.read_bytes()))


@pytest.mark.parametrize("forever", first_of_each(["threading.Event().wait()", "while True: pass"], type, str))
def test_a_check_that_never_ends_is_stopped(tmp_path: Path, forever: str) -> None:
    """It is an error of ours, whether it computes or waits."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    with (root / "checks" / "visible" / "test_checks.py").open("a", encoding="utf-8") as checks:
        checks.write(f"\n\nimport threading\n\n\n@pytest.fixture(autouse=True)\ndef never_ends():\n    {forever}\n")

    result = graded(root, tmp_path, RIGHT, Time(3.0, 3.0))

    assert (result.status, result.message) == (SubmissionStatus.ERROR, STOPPED)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder in which zygotes last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_STATE", str(folder := tmp_path_factory.mktemp("state")))
        patch.setenv("GRADER_IDLE_S", "60")
        yield folder
        stop_zygotes()


def kill_holder(state: Path, address: str) -> None:
    """Kill the process that holds the zygote, and return once that has ended."""
    [holder] = holders(state)
    with contextlib.closing(Connection(address)) as connection:
        os.kill(holder, signal.SIGKILL)
        assert connection._socket.recv(1) == b""


@pytest.mark.parametrize("already_asked", [False, True], ids=["found", "found and asked"])
def test_a_zygote_that_is_killed_once_it_was_found_is_replaced(
    state: Path, tmp_path: Path, already_asked: bool
) -> None:
    """Nobody learns of it: the submission is graded with another one."""
    handed_in = submission(tmp_path / "right.ipynb", *RIGHT)
    with Examiners(load_assignment(str(TINY))) as first:
        assert [r.status for r in first.grade([handed_in])] == [SubmissionStatus.GRADED]
    with Examiners(load_assignment(str(TINY))) as second:
        found = second.address
        if already_asked:
            assert second.info
        kill_holder(state, found)

        [result] = second.grade([handed_in])
        assert (result.status, result.score) == (SubmissionStatus.GRADED, result.max_score)
        assert second.address != found


def test_a_killed_examiner_leaves_nothing(tmp_path: Path) -> None:
    """Neither its kernels' folders stay, nor any descriptor, here or in the zygote."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    with (root / "checks" / "visible" / "test_checks.py").open("a", encoding="utf-8") as checks:
        checks.write(
            "\n\nimport os\n\n\n@pytest.fixture(autouse=True)\ndef dies(student):\n"
            "    if student.pair(5)[1] > 100:\n        os.kill(os.getpid(), 9)\n"
        )
    deadly = submission(tmp_path / "deadly.ipynb", RIGHT[0], RIGHT[1].replace("factor", "1000"))
    right = submission(tmp_path / "right.ipynb", *RIGHT)
    with Examiners(load_assignment(str(root))) as examiners:
        zygote = zygote_pid(examiners)
        with contextlib.closing(Connection(examiners.address)) as connection:

            def held() -> tuple[object, ...]:
                connection.info()  # it has done by then what there was to do before
                folder = Path(examiners.address).parent
                return descriptors(), descriptors(zygote), sorted(os.listdir(folder))

            assert [r.status for r in examiners.grade([right])] == [SubmissionStatus.GRADED]
            before = min(held() for _ in range(1000))

            [result] = examiners.grade([deadly])

            assert "ended without a result (exit code -9)" in result.message
            assert any(held() == before for _ in range(1000))


def test_a_sign_of_life_renews_patience() -> None:
    """What counts is the time since the last one."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    with child("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (60, 60))\nwhile True: pass") as pid:
        timeout = ExaminerTimeout(pid, Time(0.1, 60.0))
        while not timeout.exhausted():
            pass
        beat = Heartbeat(theirs, every_s=0.0)
        beat()

        examination = Examination(Submission("me", "Me", Path("x"), "x", ""), 1, None, ours, timeout)  # type: ignore[arg-type] # not asked for

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
