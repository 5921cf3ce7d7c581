"""The temporary folder: a path that is too long for sockets, and what is left in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each

from .conftest import GRADER, RIGHT, TINY, environment_in, write

SIGNAL_COMMAND = Path(__file__).with_name("signal_command.py")
LONG = "a folder with a name of quite some length/" * 6


@pytest.mark.parametrize(
    "command",
    first_of_each([("grade", "-o", "out"), ("check",), ("hook",)], type, lambda c: c[0]),
)
def test_a_temporary_folder_with_a_long_path_is_no_hindrance(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A temporary folder may have a longer path than the hundred bytes of a socket's."""
    long = tmp_path / LONG
    long.mkdir(parents=True)
    write(tmp_path / "mine.ipynb", *RIGHT)
    verb, *options = command

    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        [*GRADER, verb, "mine.ipynb", "-a", TINY, *options],
        cwd=tmp_path,
        env=environment_in(tmp_path) | {"TMPDIR": str(long)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not list(long.iterdir())


@pytest.mark.parametrize(
    ("command", "then", "by"),
    [
        pytest.param(
            ("grade", "-o", "out"), "pass", signal.SIGKILL, marks=pytest.mark.exhaustive
        ),  # less than the next
        (("grade", "-o", "out"), "while True: pass", signal.SIGKILL),  # the examiner does not wait for a kernel
        pytest.param(("grade", "-o", "out"), "pass", signal.SIGTERM, marks=pytest.mark.exhaustive),
        (("check",), "pass", signal.SIGKILL),  # which unpacks a zip into a folder of its own
    ],
    ids=["grade", "grade-busy", "grade-term", "check"],
)
def test_nothing_is_left_of_a_command_that_is_killed(
    tmp_path: Path, short: Path, command: tuple[str, ...], then: str, by: signal.Signals
) -> None:
    """Zygote, examiner, kernels and folders end with the command that started them."""
    fifo = tmp_path / "examining"
    os.mkfifo(fifo)
    endless = shutil.copytree(TINY, tmp_path / "endless", ignore=shutil.ignore_patterns("__pycache__"))
    with (endless / "checks" / "visible" / "test_checks.py").open("a", encoding="utf-8") as checks:
        checks.write(
            "\n\n@pytest.fixture(autouse=True)\ndef endless(student):\n"
            f"    open({str(fifo)!r}, 'w').close()\n    {then}\n    student.scale([1.0])\n"
        )
    loop = write(tmp_path / "loop.ipynb", "def scale(numbers):\n    while True:\n        pass\n", RIGHT[1])
    with zipfile.ZipFile(tmp_path / "loop.zip", "w") as archive:
        archive.write(loop, loop.name)
    verb, *options = command
    words = [*GRADER, verb, "loop.zip", "-a", endless, "--timeout", "600", *options]

    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        [sys.executable, SIGNAL_COMMAND, fifo, str(int(by)), *words],
        cwd=tmp_path,
        env=environment_in(tmp_path) | {"TMPDIR": str(short)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not list(short.iterdir())
