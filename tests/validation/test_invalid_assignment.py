"""Assignments that are not valid: each fault is named, and what is not at fault is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Validate, Validated, replaced, write_solution

WEAK = '''
import pytest
from grader import compare


@pytest.mark.exercise("scale")
@pytest.mark.points(4)
def test_scale(student, reference):
    """It scales a two, which is as well as adding two."""
    compare.close(student.scale([2.0]), reference.scale([2.0]), axes=("i",), name="numbers")
'''
VISIBLE = '''
import pytest


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    assert student.pair(5) == (5, 10)
'''
MISTAKES = """
MISCONCEPTIONS = [
    {"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."},
    {"id": "scale_negates", "exercise": "scale", "title": "It negates", "hint": "Look at the sign."},
    {"id": "scale_is_negative", "exercise": "scale", "title": "It is negative", "hint": "No."},
]


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor


def scale_negates(numbers):
    return -np.asarray(numbers, "float32") * factor


scale_is_negative = scale_negates
"""
VARIANT = """
VARIANTS = {"scale": ["scale_otherwise"]}


def scale_otherwise(numbers):
    return np.asarray(numbers, "float64") * (factor + 0.01)
"""


@pytest.fixture(scope="module")
def validated(copied: Callable[[], Path], validate: Validate) -> Validated:
    """What is said of weak checks, wrong notebooks and two names for one mistake."""
    tiny = copied()
    (tiny / "checks" / "hidden" / "test_checks.py").write_text(WEAK)
    (tiny / "checks" / "visible" / "test_checks.py").write_text(VISIBLE)
    (tiny / "misconceptions.py").write_text(MISTAKES)
    replaced(tiny / "exercise.ipynb", "def pair(", "def pear(")
    write_solution(tiny, pair="def pair(number):\n    return number, 11\n")
    (tiny / "assignment.toml").write_text(f"visible_share = 0.5\n{(tiny / 'assignment.toml').read_text()}")
    return validate()


def test_it_is_said_what_is_not_valid(validated: Validated) -> None:
    """Exit code 1, and the last line names the sections."""
    assert (validated.code, validated.report["holds"]) == (1, False)
    assert "tiny: validation failed: " in validated.stdout.splitlines()[-1]
    assert "misconceptions" in validated.stdout.splitlines()[-1]


def test_a_mistake_that_no_check_catches_is_named(validated: Validated) -> None:
    """A check whose input does not tell the mistake from the right answer is too weak."""
    assert "scale_adds: no check of scale catches it." in validated.stdout


def test_a_mistake_that_is_taken_for_another_is_named(validated: Validated) -> None:
    """Two entries that compute the same cannot both be named for what they are."""
    assert "scale_is_negative: it is caught, but named scale_negates." in validated.stdout


def test_visible_checks_that_are_worth_too_much_are_named(validated: Validated) -> None:
    """Recorded answers pass visible checks: the assignment says what they may earn."""
    said = "the visible checks of pair are worth 2 of its 2 points, and assignment.toml allows 1 (visible_share = 0.5)."

    assert said in validated.stdout
    assert "the visible checks of scale are worth" not in validated.stdout


def test_a_solution_notebook_that_falls_short_is_named(validated: Validated) -> None:
    """What students will be shown as right has to pass every check."""
    assert "solution.ipynb is right, yet test_pair says:" in validated.stdout


def test_a_stub_without_an_exercise_is_named(validated: Validated) -> None:
    """What students start from holds every function they are asked for, not attempted yet."""
    assert "exercise.ipynb is what students start from, yet pair is missing" in validated.stdout


def test_a_tolerance_below_the_noise_is_refused(copied: Callable[[], Path], validate: Validate) -> None:
    """A right answer must not fail."""
    (copied() / "variants.py").write_text(VARIANT)

    validated = validate()

    assert validated.code == 1
    assert "test_scale[equal], numbers: scale_otherwise is right, yet it is off by 2.4 times" in validated.stdout


def test_a_tolerance_beyond_a_mistake_is_refused(copied: Callable[[], Path], validate: Validate) -> None:
    """That another check catches the mistake does not make this tolerance right."""
    wide = 'name="numbers", tolerance=compare.Tolerance(4.0, 0.0)'
    replaced(copied() / "checks" / "visible" / "test_checks.py", 'name="numbers"', wide)

    validated = validate()

    assert validated.code == 1
    assert "test_scale[equal], numbers: the tolerance is too wide, scale_adds is off by 0.75 of it" in validated.stdout
    assert "no check of scale catches it" not in validated.stdout
