"""``grader assignment test`` as an author runs it, on copies of the tiny assignment with other files in them."""

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

BANK = """
MISCONCEPTIONS = [{"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."}]


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor
"""
"""A mistake that the checks of the tiny assignment catch, without the one that gives no answer."""

SCALE = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n"
PAIR = "def pair(number):\n    return number, number * factor\n"


class Proven(NamedTuple):
    """How the command ended, what it printed, and its JSON."""

    code: int
    said: str
    found: dict[str, Any]

    def section(self, title: str) -> dict[str, Any]:
        """Return a section of the proof."""
        found: dict[str, Any] = next(s for s in self.found["sections"] if s["title"] == title)
        return found


Prove = Callable[..., Proven]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny assignment to change at will, whose proof holds as it is."""
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tiny" / "misconceptions.py").write_text(BANK)
    return tmp_path / "tiny"


@pytest.fixture(autouse=True)
def hand_out(tiny: Path) -> Callable[..., None]:
    """Write the solution's notebook, which is right unless other code is given."""

    def hand_out(*, scale: str = SCALE, pair: str = PAIR) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (scale, pair)])
        nbformat.write(notebook, tiny / "solution.ipynb")

    hand_out()
    return hand_out


@pytest.fixture
def prove(tiny: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Prove:
    """Prove the tiny assignment as it now is; answers are shared by the tests that agree in what decides them."""
    environment = os.environ | {"GRADER_CACHE": str(tmp_path_factory.getbasetemp() / "answers"), "COLUMNS": "120"}

    def prove(*options: str) -> Proven:
        done = subprocess.run(  # noqa: S603 - our own program on our own arguments
            [sys.executable, "-m", "grader", "assignment", "test", str(tiny), "--json", "proof.json", *options],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode in (0, 1), done.stderr
        return Proven(done.returncode, done.stdout, json.loads((tmp_path / "proof.json").read_text()))

    return prove
