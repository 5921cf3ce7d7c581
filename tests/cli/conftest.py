"""The console script, run in a process of its own on the tiny assignment."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.forked import COMMAND, run_forked

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
GRADER = (sys.executable, "-P", "-m", "grader")

RIGHT = (
    "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n",
    "def pair(number):\n    return number, number * factor\n",
)
WRONG = ("def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n", RIGHT[1])
NEAR = (RIGHT[0].replace("* factor", "* factor * 1.01"), RIGHT[1])
"""Wrong, and right with the tolerance of :func:`widen`."""

# Commands on the tiny assignment, or on the copies that ``course`` makes in one place one after the other, find the
# zygote of the one before; all others start their own.
KEPT = {"GRADER_IDLE_S": "60"}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def write(path: Path, *cells: str) -> Path:
    """Write a notebook of these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]), path)
    return path


def rows(out: Path) -> list[dict[str, Any]]:
    """Return what ``results.jsonl`` holds."""
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def widen(assignment: Path) -> None:
    """Give a copy of the tiny assignment a wider tolerance."""
    checks = assignment / "checks" / "visible" / "test_checks.py"
    strict, wide = 'name="numbers")', 'name="numbers", tolerance=compare.Tolerance(absolute=0.001, relative=0.1))'
    assert strict in checks.read_text()
    checks.write_text(checks.read_text().replace(strict, wide))


def read_process(file: Path) -> bytes:
    """Return a file below ``/proc``, nothing once its process has ended."""
    with contextlib.suppress(OSError):
        return file.read_bytes()
    return b""


def holders(state: Path) -> list[int]:
    """Return the processes that hold zygotes of a state folder."""
    command = f"zygote_holder\0{state}".encode()
    return [int(p.name) for p in Path("/proc").glob("[0-9]*") if command in read_process(p / "cmdline")]


def grader_in(folder: Path, *, alone: bool = False) -> Run:
    """Return a function that runs ``grader`` in a folder, with a cache of its own.

    It runs in a fork with the grader loaded; ``alone`` it is started as people start it.
    """

    def grader(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = environment_in(folder) | (KEPT if TINY.name in names(arguments) else {})
        if not alone:
            return run_forked(COMMAND, arguments, folder, environment)
        return subprocess.run(  # noqa: S603 - our own program on our own arguments
            [*GRADER, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip

    return grader


def names(arguments: Iterable[object]) -> set[str]:
    """Return the last names of the paths among a command's arguments."""
    return {a.name for a in arguments if isinstance(a, Path)}


def environment_in(folder: Path) -> dict[str, str]:
    """Return the environment of a person who works in a folder."""
    return os.environ | {"GRADER_CACHE": str(folder / "cache"), "COLUMNS": "120"}


def hand_in(folder: Path) -> Path:
    """Fill a folder with a right notebook, a wrong one and a file that is no notebook."""
    write(folder / "anna.ipynb", *RIGHT)
    write(folder / "bert.ipynb", *WRONG)
    (folder / "cora.ipynb").write_text("this is not a notebook")
    return folder


@pytest.fixture
def grader(tmp_path: Path) -> Run:
    """Run ``grader`` with these arguments in the temporary folder."""
    return grader_in(tmp_path)


@pytest.fixture
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny assignment to change at will, where that of the test before lay."""
    return copied(tmp_path_factory.getbasetemp() / "course" / TINY.name)


def copied(place: Path) -> Path:
    """Put a copy of the tiny assignment in the place of what is there."""
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(TINY, place, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A folder with a right notebook, a wrong one and a file that is no notebook."""
    return hand_in(tmp_path / "handed_in")
