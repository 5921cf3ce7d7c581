"""What is known to be right passes; what is known to be wrong is caught and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Validate = Callable[..., Any]

WEAK = '''
import pytest
from grader import compare


@pytest.mark.exercise("scale")
@pytest.mark.points(4)
def test_scale(student, reference):
    """It scales a two, which is as well as adding two."""
    compare.close(student.scale([2.0]), reference.scale([2.0]), axes=("i",), name="numbers")


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    assert student.pair(5) == (5, 10)
'''


def test_a_sound_assignment_is_valid(validate: Validate) -> None:
    """The solution earns everything, the stub nothing; the mistake is caught and named."""
    validated = validate()

    assert "exercise.ipynb earns 0 of 6 (not attempted)" in validated.section("Notebooks")["verdict"]
    assert "solution.ipynb earns 6 of 6 (passed)" in validated.section("Notebooks")["verdict"]
    [matrix] = validated.section("Misconceptions")["tables"]
    assert matrix["rows"] == [["scale_adds", True, True, True, True, None]]
    assert (validated.code, validated.report["holds"]) == (0, True), validated.stdout
    assert "taken for" not in validated.stdout
    assert validated.stdout.endswith("tiny: validation passed.\n")


def test_a_mistake_that_no_check_catches_is_named(validate: Validate, tiny: Path) -> None:
    """A check whose input does not tell the mistake from the right answer is too weak."""
    (tiny / "test_checks.py").write_text(WEAK)

    validated = validate()

    assert validated.code == 1
    assert "scale_adds: no check of scale catches it." in validated.stdout
    assert validated.stdout.endswith("tiny: validation failed: misconceptions.\n")


def test_a_mistake_that_is_taken_for_another_is_named(validate: Validate, tiny: Path) -> None:
    """Two entries that compute the same cannot both be named for what they are."""
    bank = (tiny / "misconceptions.py").read_text()
    twin = '{"id": "scale_adds_too", "exercise": "scale", "title": "It adds too", "hint": "No."}'
    (tiny / "misconceptions.py").write_text(bank.replace("[{", f"[{twin}, {{") + "\n\nscale_adds_too = scale_adds\n")

    validated = validate()

    assert validated.code == 1
    assert "scale_adds: it is caught, but named scale_adds_too." in validated.stdout


@pytest.mark.parametrize(("share", "code"), [("0.5", 1), ("1", 0)])
def test_visible_checks_that_are_worth_too_much_are_named(
    validate: Validate, tiny: Path, share: str, code: int
) -> None:
    """Recorded answers pass visible checks: the assignment says what they may earn."""
    (tiny / "assignment.toml").write_text(f"visible_share = {share}\n{(tiny / 'assignment.toml').read_text()}")

    validated = validate()

    said = "the visible checks of pair are worth 2 of its 2 points, and assignment.toml allows 1 (visible_share = 0.5)."
    assert (validated.code, said in validated.stdout) == (code, code == 1), validated.stdout
    assert "the visible checks of scale are worth" not in validated.stdout


def test_a_solution_notebook_that_falls_short_is_named(
    validate: Validate, solution_notebook: Callable[..., None]
) -> None:
    """What students will be shown as right has to pass every check."""
    solution_notebook(pair="def pair(number):\n    return number, 11\n")

    validated = validate()

    assert validated.code == 1
    assert "solution.ipynb is right, yet test_pair says:" in validated.stdout


def test_a_stub_without_an_exercise_is_named(validate: Validate, tiny: Path) -> None:
    """What students start from holds every function they are asked for, not attempted yet."""
    stub = (tiny / "exercise.ipynb").read_text()
    (tiny / "exercise.ipynb").write_text(stub.replace("def pair(", "def pear("))

    validated = validate()

    assert validated.code == 1
    assert "exercise.ipynb is what students start from, yet pair is missing" in validated.stdout


PAIRED = """
MISCONCEPTIONS = [
    {"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."},
    {"id": "scale_negates", "exercise": "scale", "title": "It negates", "hint": "Look at the sign."},
]
PAIRS = {"scale_adds": ["scale_negates"]}


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor


def scale_negates(numbers):
    return -np.asarray(numbers, "float32") * factor


def both(first, second, numbers):
    return -scale_adds(numbers)
"""


def test_a_pair_is_caught_and_named(validate: Validate, tiny: Path) -> None:
    """Two mistakes at once have a name of their own."""
    (tiny / "misconceptions.py").write_text(PAIRED)

    validated = validate()

    assert validated.section("Misconceptions")["verdict"].startswith("2 of 2 misconceptions and 1 of 1 pair of them")
    assert validated.code == 0, validated.stdout


def test_an_accepted_mistake_passes(validate: Validate, tiny: Path) -> None:
    """What the instructor accepts is right in every check, and no mistake that must be caught."""
    accepted = PAIRED.replace('"title": "It negates"', '"title": "It negates", "accepted": True')
    (tiny / "misconceptions.py").write_text(accepted.replace('PAIRS = {"scale_adds": ["scale_negates"]}\n', ""))

    validated = validate()

    assert validated.section("Misconceptions")["verdict"].startswith("1 of 1 misconception and 0 of 0 pairs")
    assert validated.code == 0, validated.stdout
