"""A tiny assignment, one real zygote for it, and pytest run on it as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from grader.assignment import load_assignment
from grader.kernel import KernelPool
from grader.result import GradingResult

collect_ignore = ["tiny"]  # its checks are no tests of ours

TINY = Path(__file__).parent / "tiny"

SCALE = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n"
PAIR = "def pair(number):\n    return number, number * factor\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


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
    """Run Python in a process of its own, with a cache of its own, in the temporary folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"GRADER_CACHE": str(tmp_path / "cache"), "COLUMNS": "120"}
        return subprocess.run(  # noqa: S603 - our own interpreter on our own arguments
            [sys.executable, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def examine(run: Run, tiny: Path, notebook: Callable[..., Path], zygote: str) -> Run:
    """Run ``pytest tiny --submission NOTEBOOK`` with more options, on these cells (right ones by default)."""

    def examine(*options: object, scale: str = SCALE, pair: str = PAIR) -> subprocess.CompletedProcess[str]:
        submission = notebook(scale, pair)
        return run("-m", "pytest", tiny, "--submission", submission, "--zygote", zygote, *options)

    return examine


GRADE = """
import json, sys
from pathlib import Path
from grader.assignment import load_assignment
from grader.grade import grade
from grader.submission import Submission
root, path, zygote, options = sys.argv[1:]
submission = Submission("me", "Me", Path(path), "me.ipynb", "0" * 64)
print("noise of ours")
result = grade(submission, load_assignment(root), address=zygote, **json.loads(options))
print(json.dumps(result.to_json()))
"""


@pytest.fixture
def graded(run: Run, tiny: Path, notebook: Callable[..., Path], zygote: str) -> Callable[..., GradingResult]:
    """Grade a notebook with these cells (by default right), or the file at ``path``, as a batch does."""

    def graded(
        *, scale: str = SCALE, pair: str = PAIR, path: Path | None = None, address: str = zygote, **options: object
    ) -> GradingResult:
        done = run("-c", GRADE, tiny, path or notebook(scale, pair), address, json.dumps(options))
        said, _, line = done.stdout.strip().rpartition("\n")
        assert said == "noise of ours", f"grading printed something: {done.stdout} {done.stderr}"
        return GradingResult.from_json(json.loads(line))

    return graded
