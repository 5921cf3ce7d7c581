"""``grader assignment test`` run as an author runs it, on copies of the tiny assignment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

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


Validate = Callable[..., Validated]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny assignment to change at will, which is valid as it is."""
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tiny" / "misconceptions.py").write_text(ONE_MISTAKE)
    return tmp_path / "tiny"


@pytest.fixture(autouse=True)
def solution_notebook(tiny: Path) -> Callable[..., None]:
    """Write a right solution's notebook, and return a function that writes another one."""

    def write_solution(*, scale: str = SCALE, pair: str = PAIR) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (scale, pair)])
        nbformat.write(notebook, tiny / "solution.ipynb")

    write_solution()
    return write_solution


@pytest.fixture
def validate(tiny: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Run the command on the tiny assignment; equal solutions share their cached answers."""
    environment = os.environ | {"GRADER_CACHE": str(tmp_path_factory.getbasetemp() / "answers"), "COLUMNS": "120"}

    def validate(*options: str) -> Validated:
        done = subprocess.run(  # noqa: S603 - our own program on our own arguments
            [sys.executable, "-m", "grader", "assignment", "test", str(tiny), "--json", "report.json", *options],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode in (0, 1), done.stderr
        return Validated(done.returncode, done.stdout, json.loads((tmp_path / "report.json").read_text()))

    return validate
