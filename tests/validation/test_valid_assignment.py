"""In a valid assignment the right passes, and known mistakes are caught and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Validate, Validated, replaced

MISTAKES = """
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
VARIANT = """
VARIANTS = {"scale": ["scale_otherwise"]}


def scale_otherwise(numbers):
    return np.asarray(numbers, "float64") * (factor + 1e-6)
"""


@pytest.fixture(scope="module")
def validated(copied: Callable[[], Path], validate: Validate) -> Validated:
    """What is said of an assignment with all that a valid one may have."""
    tiny = copied()
    (tiny / "misconceptions.py").write_text(MISTAKES)
    (tiny / "variants.py").write_text(VARIANT)
    replaced(tiny / "solution.py", "return number, number * factor", "return number, number**1 * factor")
    return validate()


def test_it_is_said_to_be_valid(validated: Validated) -> None:
    """Exit code 0, in the report and at the end of what is printed."""
    assert (validated.code, validated.report["holds"]) == (0, True), validated.stdout
    assert validated.stdout.endswith("tiny: validation passed.\n")


def test_the_solution_earns_everything_and_the_stub_nothing(validated: Validated) -> None:
    """Both notebooks stand in the report with their points."""
    assert "exercise.ipynb earns 0 of 6 (not attempted)" in validated.section("Notebooks")["verdict"]
    assert "solution.ipynb earns 6 of 6 (passed)" in validated.section("Notebooks")["verdict"]


def test_every_mistake_is_caught_and_named(validated: Validated) -> None:
    """By each check of its exercise, for what it is."""
    [matrix] = validated.section("Misconceptions")["tables"]

    assert ["scale_adds", True, True, True, True, None] in matrix["rows"]
    assert "taken for" not in validated.stdout


def test_a_pair_is_caught_and_named(validated: Validated) -> None:
    """Two mistakes at once have a name of their own."""
    verdict = validated.section("Misconceptions")["verdict"]

    assert verdict.startswith("2 of 2 misconceptions and 1 of 1 pair of them")


def test_both_margins_of_a_tolerance_are_measured(validated: Validated) -> None:
    """Noise of 5e-6 on 5 is 0.00045 of what is allowed; 2 + 5 for 2 * 5 is far beyond it."""
    [table] = validated.section("Tolerances")["tables"]
    row = next(r for r in table["rows"] if r[0] == "test_scale[equal]")

    assert row[:2] == ["test_scale[equal]", "numbers"]
    assert row[2] == pytest.approx(5e-6 / (1e-3 + 2e-3 * 10), rel=0.1)
    assert row[3:] == [pytest.approx(3 / (1e-3 + 2e-3 * 10)), "scale_adds"]


def test_a_mutant_that_changes_no_answer_is_shown_with_the_measured_difference(validated: Validated) -> None:
    """A power of one dropped changes nothing."""
    mutants = validated.section("Mutants")

    assert mutants["failings"] == []
    assert any(
        "+ return number, (number) * factor" in r and "the answers of pair differ by 0." in r
        for r in mutants["remarks"]
    )


def test_an_accepted_mistake_passes(copied: Callable[[], Path], validate: Validate) -> None:
    """What the instructor accepts is right in every check, and no mistake that must be caught."""
    accepted = MISTAKES.replace('"title": "It negates"', '"title": "It negates", "accepted": True')
    (copied() / "misconceptions.py").write_text(accepted.replace('PAIRS = {"scale_adds": ["scale_negates"]}\n', ""))

    validated = validate()

    assert validated.section("Misconceptions")["verdict"].startswith("1 of 1 misconception and 0 of 0 pairs")
    assert validated.code == 0, validated.stdout
