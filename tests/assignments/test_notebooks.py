"""The notebooks are valid, made from their source, and the students' has no answers."""

from __future__ import annotations

import ast
import itertools
import json
import runpy
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.assignment import load_assignment
from grader.result import Visibility

from .conftest import CHECKS, load

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "transformer_interp"
SOURCE = (ASSIGNMENT / "notebook.md").read_text(encoding="utf-8")
NAMES = ("exercise.ipynb", "solution.ipynb")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    rendered: dict[str, str] = runpy.run_path(str(ASSIGNMENT / "make_notebooks.py"))["render"](SOURCE)
    return rendered


def read(name: str) -> Any:
    return nbformat.reads((ASSIGNMENT / name).read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)


def code(name: str) -> dict[str, str]:
    return {cell.id: cell.source for cell in read(name).cells if cell.cell_type == "code"}


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_is_what_the_source_makes(name: str, made: dict[str, str]) -> None:
    """Run make_notebooks.py when this fails."""
    assert (ASSIGNMENT / name).read_text(encoding="utf-8") == made[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_valid_and_has_no_outputs(name: str) -> None:
    """nbformat 4.5, valid by its schema, nothing run yet."""
    notebook = read(name)

    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_students_get_the_steps_without_the_answers() -> None:
    """The notebooks differ in the exercise cells alone.

    There students have comments, a signature and a return.
    """
    exercise, solution = code("exercise.ipynb"), code("solution.ipynb")
    differing = {name for name in solution if exercise[name] != solution[name]}

    assert differing == {"logit-lens-analysis", "residual-stream-activations"}
    for name in differing:
        left_out = set(solution[name].splitlines()) - set(exercise[name].splitlines())
        assert left_out
        assert not [line for line in left_out if line.lstrip().startswith("#")]
        assert set(exercise[name].splitlines()) <= set(solution[name].splitlines())


@pytest.mark.parametrize(
    "word", ["run_with_cache", "stack", "softmax", "argmax", "kl_div(", "begin solution", "end solution"]
)
def test_no_step_is_solved_for_the_students(word: str) -> None:
    """The exercise cells hold none of the calls that solve them."""
    exercise = code("exercise.ipynb")

    assert word not in exercise["logit-lens-analysis"] + exercise["residual-stream-activations"]


def test_the_notebook_asks_for_the_functions_of_the_assignment() -> None:
    """Every exercise of assignment.toml is a function that is tested right below it."""
    exercise = "\n".join(code("exercise.ipynb").values())

    for name in load_assignment(str(ASSIGNMENT)).names:
        assert f"def {name}(" in exercise
        assert f"test_{name}({name}, gpt2_small)" in exercise


def test_the_pairs_are_those_of_the_reference() -> None:
    """Students and reference look at the same prompts."""
    pairs = ast.literal_eval(code("exercise.ipynb")["pairs"].partition("=")[2].strip())

    assert pairs == json.loads((ROOT / "reference" / "data" / "pairs.json").read_text(encoding="utf-8"))


def test_the_kernel_provides_what_the_assignment_says() -> None:
    """The names in assignment.toml are those that prelude.py injects."""
    tree = ast.parse((ASSIGNMENT / "prelude.py").read_text(encoding="utf-8"))
    provided = {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"PROVIDED", "MODELS"}
    }
    assignment = load_assignment(str(ASSIGNMENT))

    assert assignment.provided == set(provided["PROVIDED"])
    assert assignment.models == provided["MODELS"]


def test_the_points_of_the_checks_are_those_of_the_exercises() -> None:
    """Parameters counted, they add up to what assignment.toml gives.

    Visible ones are worth the share it states.
    """
    points: dict[str, float] = {}
    visible: dict[str, float] = {}
    for visibility, file in itertools.product(Visibility, CHECKS.values()):
        module = vars(load(f"checks/{visibility}/{file}"))
        exercise = module["pytestmark"].args[0]
        for marks in (m.pytestmark for k, m in module.items() if k.startswith("test_")):
            named = {mark.name: mark for mark in marks}
            times = len(named["parametrize"].args[1]) if "parametrize" in named else 1
            points[exercise] = points.get(exercise, 0) + named["points"].args[0] * times
            if visibility is Visibility.VISIBLE:
                visible[exercise] = visible.get(exercise, 0) + named["points"].args[0] * times

    assignment = load_assignment(str(ASSIGNMENT))
    assert points == {e.name: e.points for e in assignment.exercises}
    assert visible == {e.name: e.points * assignment.visible_share for e in assignment.exercises}
