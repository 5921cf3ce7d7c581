"""A student's own notebook on macOS and Windows (simulated), which have no sandbox."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each

from .conftest import RIGHT, TINY, WRONG, environment_in, write

SIMULATED_SYSTEM = Path(__file__).parent / "simulated_system.py"
ENDLESS = "def pair(number):\n    while True:\n        pass\n"
SYSTEMS = {"darwin": "macOS", "win32": "Windows"}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(params=["win32", pytest.param("darwin", marks=pytest.mark.exhaustive)])
def system(request: pytest.FixtureRequest) -> str:
    """A system that is not Linux, as ``sys.platform`` has it.

    What macOS lacks, Windows lacks too.
    """
    return str(request.param)


@pytest.fixture
def grader(tmp_path: Path, system: str) -> Run:
    """Run ``grader`` on that system."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SIMULATED_SYSTEM}" {system} "$@"\n', encoding="utf-8")
    python.chmod(0o700)

    def grader(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program on our own arguments
            [python, "-P", "-m", "grader", *map(str, arguments)],
            cwd=tmp_path, env=environment_in(tmp_path) | {"SIMULATED_SYSTEM": str(python)},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return grader


def test_a_right_notebook_passes(grader: Run, system: str, tmp_path: Path) -> None:
    """Exit code 0, the checks' results, a page, and once that there is no sandbox."""
    notebook = write(tmp_path / "mine.ipynb", *RIGHT)

    done = grader("check", notebook, "-a", TINY, "--html", "page.html")

    assert done.returncode == 0
    assert done.stderr == (
        f"{SYSTEMS[system]} has no sandbox: your code is run as any program of yours is. "
        "Check only a notebook of your own here.\n"
    )
    assert "sandbox" not in done.stdout
    assert "3 of 3 visible checks pass" in done.stdout
    assert (tmp_path / "page.html").is_file()


def test_a_wrong_answer_and_one_without_end_are_told(grader: Run, tmp_path: Path) -> None:
    """Exit code 1: the mistake by its name, and where the code was when its time was over."""
    notebook = write(tmp_path / "mine.ipynb", WRONG[0], ENDLESS)

    done = grader("check", notebook, "-a", TINY, "--sandbox=off")

    assert (done.returncode, done.stderr) == (1, "")
    assert "Looks like: It adds. Multiply." in done.stdout
    assert "did not finish within the 3 s of processor time that one call may use. It was in cell 2 (" in done.stdout
    assert "0 of 3 visible checks pass" in done.stdout


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("prelude.py", "raise SystemExit"),
        pytest.param("solution.py", "import nowhere", marks=pytest.mark.exhaustive),
        pytest.param("checks/visible/test_checks.py", "import nowhere", marks=pytest.mark.exhaustive),
    ],
    ids=lambda value: value,
)
def test_what_is_wrong_with_the_assignment_is_one_sentence(grader: Run, tmp_path: Path, file: str, code: str) -> None:
    """Exit code 2, as on every other system, and no word of the notebook."""
    broken = shutil.copytree(TINY, tmp_path / "broken", ignore=shutil.ignore_patterns("__pycache__"))
    (broken / file).write_text(f"{code}\n", encoding="utf-8")

    done = grader("check", write(tmp_path / "mine.ipynb", *RIGHT), "-a", broken, "--sandbox=off")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{file}: line 1: " in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    first_of_each(
        ["check --sandbox=on", "check --sandbox=strict", "hook", "grade"], lambda command: command == "grade", str
    ),
)
def test_code_of_others_is_refused(grader: Run, system: str, tmp_path: Path, command: str) -> None:
    """Exit code 3 and one sentence: which system this is and what to do; nothing is run."""
    notebook = write(tmp_path / "mine.ipynb", *RIGHT)

    done = grader(*command.split(), notebook, "-a", TINY, *(("-o", tmp_path / "out") if command == "grade" else ()))

    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == (
        f"grader: Student code can be locked down on Linux alone, and this is {SYSTEMS[system]}: grade the notebooks "
        "of others in a Linux container or in WSL 2, and check a notebook "
        "of your own with `grader check`."
    )
    assert "Traceback" not in done.stderr


def test_doctor_says_so(grader: Run, system: str) -> None:
    """No layer is active; the message says what to do, and the exit code is 3."""
    done = grader("doctor", "-a", TINY)

    assert (done.returncode, done.stderr) == (3, "")
    assert "✓" not in done.stdout
    assert f"this is {SYSTEMS[system]}" in done.stdout
    assert "`grader check`" in done.stdout
