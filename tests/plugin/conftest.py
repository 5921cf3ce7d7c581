"""A tiny assignment and one real zygote for it.

Pytest and grading run on it in processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from grader.assignment import load_assignment
from grader.kernel import KernelPool
from grader.result import CheckResult, GradingResult
from tests.forked import run_forked

collect_ignore = ["tiny"]  # its checks are no tests of ours

TINY = Path(__file__).parent / "tiny"

SCALE = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n"
PAIR = "def pair(number):\n    return number, number * factor\n"

# The modules that the server has loaded are too late to have their asserts rewritten, and pytest warns of it.
PYTEST = """
import sys, pytest
alone = ["--disable-plugin-autoload", "-p", "grader.plugin", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
sys.exit(pytest.main([*sys.argv[1:], *alone]))
"""


Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture(scope="session")
def zygote() -> Iterator[str]:
    """The address of a zygote for the tiny assignment."""
    with KernelPool(load_assignment(str(TINY))) as pool:
        yield pool.address


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny assignment to change at will."""
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "tiny"


def check(result: GradingResult, id: str) -> CheckResult:
    """Return what became of a check."""
    return next(c for e in result.exercises for c in e.checks if c.id == id)


def add(tiny: Path, text: str) -> None:
    """Add a check of ``pair`` to the visible ones."""
    checks = tiny / "checks" / "visible" / "test_checks.py"
    checks.write_text(f"{checks.read_text()}\n\n@pytest.mark.exercise('pair')\n{text}\n")


def hide_pair(tiny: Path) -> None:
    """Move the check of ``pair``, the last of the visible ones, to the hidden ones."""
    visible, hidden = (tiny / "checks" / v / "test_checks.py" for v in ("visible", "hidden"))
    kept, mark, moved = visible.read_text().partition('@pytest.mark.exercise("pair")')
    visible.write_text(kept)
    hidden.write_text(f"{hidden.read_text()}\n\n{mark}{moved}")


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook of these code cells."""

    def notebook(*cells: str) -> Path:
        path = tmp_path / "submission.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]), path)
        return path

    return notebook


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run Python source, or pytest's main, with arguments in the temporary folder.

    It has a cache of its own and a fresh process, forked with the grader loaded, as in a batch.
    """
    own = {"GRADER_CACHE": str(tmp_path / "cache"), "GRADER_STATE": str(tmp_path / "state"), "COLUMNS": "120"}

    def run(*arguments: object, source: str = PYTEST) -> Done:
        return run_forked(source, arguments, tmp_path, os.environ | own)

    return run


@pytest.fixture
def by_pytest(run: Run, tiny: Path, notebook: Callable[..., Path], zygote: str) -> Run:
    """Run ``pytest tiny --submission NOTEBOOK`` with cells, right ones by default.

    More options may follow.
    """

    def by_pytest(*options: object, scale: str = SCALE, pair: str = PAIR) -> Done:
        submission = notebook(scale, pair)
        return run(tiny, "--submission", submission, "--zygote", zygote, *options)

    return by_pytest


GRADE = """
import json, sys
from pathlib import Path
from grader.assignment import load_assignment
from grader.grade import grade_one
from grader.submission import Submission
root, path, zygote, sha256, options = sys.argv[1:]
submission = Submission("me", "Me", Path(path), "me.ipynb", sha256)
print("noise of ours")
result = grade_one(submission, load_assignment(root), address=zygote, **json.loads(options))
print(json.dumps(result.to_json()))
"""


@pytest.fixture
def graded(run: Run, tiny: Path, notebook: Callable[..., Path], zygote: str) -> Callable[..., GradingResult]:
    """Grade a notebook with these cells, or the file at ``path``, as a batch does.

    The cells are right by default.
    """

    def graded(
        *,
        scale: str = SCALE,
        pair: str = PAIR,
        path: Path | None = None,
        address: str = zygote,
        sha256: str = "0" * 64,
        **options: object,
    ) -> GradingResult:
        done = run(tiny, path or notebook(scale, pair), address, sha256, json.dumps(options), source=GRADE)
        said, _, line = done.stdout.strip().rpartition("\n")
        assert said == "noise of ours", f"grading printed something: {done.stdout} {done.stderr}"
        return GradingResult.from_json(json.loads(line))

    return graded
