"""``grader kit`` hands out what students need and nothing of the solution."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.assignment import load_assignment

from .conftest import TINY, Run

COURSE = load_assignment("transformer_interp")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel as small as one can be."""
    with zipfile.ZipFile(path := tmp_path / "interp_grader-0.1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("grader/__init__.py", "")
        archive.writestr("interp_grader-0.1.0.dist-info/METADATA", "")
    return path


def test_the_kit_holds_notebook_tests_wheel_and_a_page_that_says_how(grader: Run, tmp_path: Path, wheel: Path) -> None:
    """All that the notebook's checks import is there; the page says what to install and open."""
    done = grader("kit", "transformer_interp", "-o", "kit", "--wheel", wheel)

    readme = (tmp_path / "kit" / "README.md").read_text()
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "kit").iterdir()} == {
        *("exercise.ipynb", "tests.py", "planted.py", "answers.json", "README.md", wheel.name),
    }
    assert f"pip install jupyter ./{wheel.name}" in readme
    assert "jupyter notebook exercise.ipynb" in readme
    assert "\n`test_logit_lens_analysis(logit_lens_analysis, gpt2_small)`, checks your function" in readme


def test_the_page_speaks_of_no_checks_where_the_notebook_has_none(grader: Run, tmp_path: Path) -> None:
    """What it says about checking follows from the notebook; one point is a point."""
    single = shutil.copytree(TINY, tmp_path / "single", ignore=shutil.ignore_patterns("__pycache__"))
    toml = single / "assignment.toml"
    toml.write_text(toml.read_text().replace("points = 2", "points = 1"))

    done = grader("kit", single, "-o", "kit", "--no-wheel")

    readme = (tmp_path / "kit" / "README.md").read_text()
    assert done.returncode == 0, done.stderr
    assert "checks your function" not in readme
    assert re.search(r", 1 point$", readme, re.MULTILINE)


def test_the_tests_in_a_kit_find_all_they_need(grader: Run, tmp_path: Path) -> None:
    """They can be imported where nothing of the course but the kit lies."""
    grader("kit", "transformer_interp", "-o", "kit", "--no-wheel")
    program = "import tests; print(*(n for n in vars(tests) if n.startswith('test_')))"
    there = "import sys; sys.path.insert(0, '')"  # as a notebook has it

    found = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{there}; {program}"], cwd=tmp_path / "kit", capture_output=True, text=True, check=False
    )

    assert {f"test_{name}" for name in COURSE.names} <= set(found.stdout.split()), found.stderr


def test_no_line_of_the_solution_is_in_the_kit(grader: Run, tmp_path: Path) -> None:
    """What the reference's functions do stands in no file that students get."""
    grader("kit", "transformer_interp", "-o", "kit", "--no-wheel")
    given = "\n".join(p.read_text() for p in (tmp_path / "kit").iterdir())

    bodies = [
        ast.unparse(statement)
        for path in COURSE.root.parents[1].glob("reference/*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for statement in function.body[1:]
    ]
    assert not [text for text in bodies if len(text) > 40 and text in given]


@pytest.mark.parametrize(
    "secret",
    ["solution.py", "checks/visible/test_checks.py", "misconceptions.py", "assignment.toml", "samples/one.ipynb"],
)
def test_what_gives_the_answers_away_is_not_handed_out(grader: Run, tmp_path: Path, secret: str) -> None:
    """An assignment that lists a solution, check or sample gets one sentence and no kit."""
    careless = shutil.copytree(TINY, tmp_path / "careless", ignore=shutil.ignore_patterns("__pycache__"))
    (careless / "samples").mkdir()
    (careless / "samples" / "one.ipynb").write_text("{}")
    toml = (careless / "assignment.toml").read_text()
    (careless / "assignment.toml").write_text(f'handout = ["{secret}"]\n{toml}')

    done = grader("kit", careless, "-o", "kit", "--no-wheel")

    assert done.returncode == 2
    assert f"hands out '{secret}': solutions, checks and samples are not for students" in done.stderr
    assert not (tmp_path / "kit").exists()


def test_a_wheel_that_holds_the_reference_is_refused(grader: Run, tmp_path: Path, wheel: Path) -> None:
    """The reference is the solution, whatever it comes in."""
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("reference/lens.py", "")

    done = grader("kit", TINY, "-o", "kit", "--wheel", wheel)

    assert done.returncode == 2
    assert "is not the grader's wheel: it holds reference" in done.stderr


def test_a_folder_with_something_in_it_is_left_alone(grader: Run, tmp_path: Path) -> None:
    """Nobody's work is written over."""
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "exercise.ipynb").write_text("my work")

    done = grader("kit", TINY, "-o", "kit", "--no-wheel")

    assert done.returncode == 2
    assert "holds something already" in done.stderr
    assert (tmp_path / "kit" / "exercise.ipynb").read_text() == "my work"


def test_the_wheel_that_is_built_holds_the_grader_alone(grader: Run, tmp_path: Path) -> None:
    """Without options the kit has the grader's wheel, without reference or assignments."""
    done = grader("kit", TINY, "-o", "kit")

    assert done.returncode == 0, done.stderr
    [built] = (tmp_path / "kit").glob("interp_grader-*.whl")
    with zipfile.ZipFile(built) as archive:
        assert {n.partition("/")[0].partition("-")[0] for n in archive.namelist()} == {"grader", "interp_grader"}
