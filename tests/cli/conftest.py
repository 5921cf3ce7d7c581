"""The console script run as a person runs it: in a process of its own, on the tiny assignment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
GRADER = (sys.executable, "-m", "grader")

RIGHT = (
    "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n",
    "def pair(number):\n    return number, number * factor\n",
)
WRONG = ("def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n", RIGHT[1])

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def write(path: Path, *cells: str) -> Path:
    """Write a notebook of these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]), path)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose cache is empty."""
    return os.environ | {"GRADER_CACHE": str(tmp_path / "cache"), "COLUMNS": "120"}


@pytest.fixture
def grader(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run ``grader`` with these arguments in the temporary folder."""

    def grader(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program on our own arguments
            [*GRADER, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return grader


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A folder with a right notebook, a wrong one and a file that is no notebook."""
    folder = tmp_path / "handed_in"
    write(folder / "anna.ipynb", *RIGHT)
    write(folder / "bert.ipynb", *WRONG)
    (folder / "cora.ipynb").write_text("this is not a notebook")
    return folder
