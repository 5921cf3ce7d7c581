"""``grader assignment test`` run as an author runs it, on copies of the tiny assignment.

The copies lie in one place, one after the other, so that each finds the zygote of the one before.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from tests.forked import WITH_SERVER, run_forked

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"

ONE_MISTAKE = """
MISCONCEPTIONS = [{"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."}]


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor
"""
"""A mistake that the checks of the tiny assignment catch, in place of the one that gives no answer."""

SCALE = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n"
PAIR = "def pair(number):\n    return number, number * factor\n"


class Validated(NamedTuple):
    """The command's exit code, stdout and JSON report."""

    code: int
    stdout: str
    report: dict[str, Any]

    def section(self, title: str) -> dict[str, Any]:
        """Return a section of the report."""
        found: dict[str, Any] = next(s for s in self.report["sections"] if s["title"] == title)
        return found


Validate = Callable[[], Validated]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where copies of the tiny assignment lie, one after the other."""
    return tmp_path_factory.getbasetemp() / "validated" / "tiny"


@pytest.fixture(scope="module")
def copied(tiny: Path) -> Callable[[], Path]:
    """Copy the tiny assignment anew, to change at will; it is valid as it is."""

    def copied() -> Path:
        shutil.rmtree(tiny, ignore_errors=True)
        shutil.copytree(TINY, tiny, ignore=shutil.ignore_patterns("__pycache__"))
        (tiny / "misconceptions.py").write_text(ONE_MISTAKE)
        write_solution(tiny)
        return tiny

    return copied


def write_solution(root: Path, *, scale: str = SCALE, pair: str = PAIR) -> None:
    """Write the notebook of a solution, by default a right one."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (scale, pair)])
    nbformat.write(notebook, root / "solution.ipynb")


def replaced(file: Path, old: str, new: str) -> None:
    """Replace a text in a file, once."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def validate(tiny: Path) -> Validate:
    """Run the command on the copy that lies there; equal solutions share their cached answers."""
    cache = {"GRADER_CACHE": str(tiny.parent / "answers"), "COLUMNS": "120", "GRADER_IDLE_S": "60"}

    def validate() -> Validated:
        words = ("assignment", "test", tiny, "--json", "report.json")
        done = run_forked(WITH_SERVER, words, tiny.parent, os.environ | cache)
        assert done.returncode in (0, 1), done.stderr
        return Validated(done.returncode, done.stdout, json.loads((tiny.parent / "report.json").read_text()))

    return validate
