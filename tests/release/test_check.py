"""``grader check`` from a release, trusted once, says what grading says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.release.set_up_cell import set_up_cell
from tests.cli.conftest import RIGHT, WRONG, write
from tests.first_of_each import first_of_each
from tests.forked import COMMAND, run_forked

from .conftest import TINY

Done = subprocess.CompletedProcess
Check = Callable[..., "Done[str]"]
CRASH = (RIGHT[0], "# mine\ndef pair(number):\n    return number, number[0]\n")
CASES = {"right": RIGHT, "a known mistake": WRONG, "a crash": CRASH, "nothing": ("x = 1",)}


@pytest.fixture(scope="module")
def course(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder with the release in it."""
    return shutil.copytree(released, tmp_path_factory.mktemp("student") / "course")


def grader(folder: Path, *arguments: object, **environment: str) -> Done[str]:
    """Run ``grader`` as a student does, who has no other assignment configured."""
    own = {"GRADER_STATE": str(folder.parent / "state"), "COLUMNS": "120"}
    return run_forked(COMMAND, arguments, folder, os.environ | own | environment)


@pytest.fixture(scope="module")
def check(course: Path) -> Check:
    """Check a notebook of these cells with the trusted release beside it, on one zygote."""
    assert grader(course, "trust", course).returncode == 0

    def check(*cells: str, options: tuple[object, ...] = ()) -> Done[str]:
        return grader(course, "check", write(course / "mine.ipynb", *cells), *options, GRADER_IDLE_S="60")

    return check


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("case", first_of_each(CASES, lambda case: case == "right", str))
def test_a_release_says_what_grading_says(check: Check, case: str) -> None:
    """Each visible check's verdict, in the same words, and how many more run at grading."""
    from_release = check(*CASES[case])
    whole = check(*CASES[case], options=("-a", TINY))

    assert from_release.stdout == whole.stdout
    assert (from_release.returncode, from_release.stderr) == (whole.returncode, whole.stderr)
    assert "2 further checks run at grading." in from_release.stdout


def test_a_cell_is_named_by_its_first_line(check: Check) -> None:
    """Editors do not show the numbers of cells."""
    said = check(*CRASH).stdout

    assert "Your code raised TypeError in cell 2 (`# mine`), line 3: " in said
    assert "cell 2, line 3: return number, number[0]" in said


@pytest.mark.usefixtures("kept")
def test_the_cell_that_sets_up_the_checks_is_no_part_of_the_work(check: Check) -> None:
    """Nothing in it runs when the notebook is checked or graded, or is remarked on."""
    cell = "".join(set_up_cell("tiny", "http://127.0.0.1:9/tiny.zip", with_id=True)["source"])

    for options in ((), ("-a", TINY)):
        assert check(cell, *RIGHT, options=options).stdout == check(*RIGHT, options=options).stdout


@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_terminal_no_line_is_wider_than_it(course: Path, check: Check, columns: int) -> None:
    """Lines are broken between words; elsewhere they are as they are."""
    whole = check(*WRONG).stdout

    shown = grader(course, "check", "mine.ipynb", GRADER_IDLE_S="60", FORCE_COLOR="1", COLUMNS=str(columns)).stdout

    lines = re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= columns < max(map(len, whole.splitlines()))
    assert " ".join(lines).split() == whole.split()


@pytest.mark.parametrize("how", ["never trusted", "changed", "compiled code"])
def test_nothing_of_a_release_runs_before_it_is_trusted(released: Path, tmp_path: Path, how: str) -> None:
    """Its files as they were when this user said so, and no compiled code in place of them."""
    folder = shutil.copytree(released, tmp_path / "course")
    notebook = write(folder / "mine.ipynb", *RIGHT)
    if how != "never trusted":
        assert grader(folder, "trust", ".").returncode == 0
    if how == "compiled code":
        (folder / "tiny" / "__pycache__").mkdir()
        (folder / "tiny" / "__pycache__" / "prelude.cpython-312.pyc").write_bytes(b"")
    else:
        with (folder / "tiny" / "prelude.py").open("a", encoding="utf-8") as prelude:
            prelude.write(f"\nopen({str(tmp_path / 'ran')!r}, 'w')\n")

    done = grader(folder, "check", notebook)

    assert done.returncode == 2
    assert ("remove that first" if how == "compiled code" else "`grader trust") in done.stderr
    assert not (tmp_path / "ran").exists()


def test_only_check_looks_beside_a_notebook(course: Path, check: Check) -> None:
    """What a batch or a platform hands in brings no checks of its own, however they are named."""
    notebook = write(course / "mine.ipynb", *RIGHT)

    hooked, graded = (
        grader(course, "hook", notebook, "-a", "tiny"),
        grader(course, "grade", notebook, "-a", "tiny", "-o", "out"),
    )

    assert (hooked.returncode, graded.returncode) == (2, 2)
    assert "there is no assignment 'tiny'" in hooked.stderr
    assert "there is no assignment 'tiny'" in graded.stderr


def test_a_release_gives_no_grade(course: Path, check: Check) -> None:
    """It lacks the checks that are worth the most."""
    done = grader(course, "hook", write(course / "mine.ipynb", *RIGHT), "-a", course / "tiny")

    assert done.returncode == 2
    assert "is a release, without solution and hidden checks" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 2)])
def test_a_student_is_asked_once_on_a_terminal(released: Path, tmp_path: Path, answer: str, code: int) -> None:
    """What is not answered with yes is a no."""
    program = f"""
import sys
from grader.assignment import load_assignment
from grader.cli.trust import require_trust
for _ in range(2):
    require_trust(load_assignment({str(released / "tiny")!r}))
print("trusted")
"""
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode() * 2)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env=os.environ | {"GRADER_STATE": str(tmp_path)},
        check=False,
        text=True,
    )
    os.close(theirs)
    asked = os.read(ours, 10_000).decode()
    os.close(ours)

    assert asked.count("Run them from now on? [y/N]") == 1
    assert (done.stdout == "trusted\n", [*tmp_path.rglob("*")] != []) == (code == 0,) * 2
