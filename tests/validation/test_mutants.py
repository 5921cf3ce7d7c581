"""Mutants of the solution are caught, give the same answers, or show that a check is weak."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.assignment import load_assignment
from grader.validation.mutants import mutants
from grader.validation.mutated_solution import mutated_solution

from .conftest import TINY

Validate = Callable[..., Any]


def test_every_mutant_that_changes_an_answer_is_caught(validate: Validate, tiny: Path) -> None:
    """A power of one dropped changes nothing; it is shown with the measured difference."""
    solution = (tiny / "solution.py").read_text()
    (tiny / "solution.py").write_text(
        solution.replace("return number, number * factor", "return number, number**1 * factor")
    )

    validated = validate()

    mutants = validated.section("Mutants")
    assert (validated.code, mutants["failings"]) == (0, []), validated.stdout
    assert any(
        "+ return number, (number) * factor" in r and "the answers of pair differ by 0." in r
        for r in mutants["remarks"]
    )


def test_a_mutant_that_no_check_catches_is_shown_with_its_change(validate: Validate, tiny: Path) -> None:
    """A check that looks at the first of two numbers lets a wrong second one pass."""
    checks = (tiny / "test_checks.py").read_text()
    (tiny / "test_checks.py").write_text(checks.replace("    assert second == 10\n", ""))

    validated = validate()

    assert validated.code == 1
    assert "0 differ" not in validated.section("Mutants")["verdict"]
    assert "- return number, number * factor\n    + return number, (number / factor)" in validated.stdout
    assert "it passes every check of pair, but its answers differ by" in validated.stdout


def test_mutants_reach_what_the_solution_imports(validate: Validate, tiny: Path) -> None:
    """A change in an imported file shows a weak check; functions not called are not changed."""
    (tiny / "deep").mkdir()
    (tiny / "deep" / "sums.py").write_text(
        "def times(a, b):\n    return a * b\n\n\ndef unused(a, b):\n    return a - b\n"
    )
    (tiny / "solution.py").write_text(
        "import numpy as np\nfrom deep import sums\n\n\ndef scale(numbers):\n"
        "    return sums.times(np.asarray(numbers, 'float32'), factor)\n\n\n"
        "def pair(number):\n    return number, sums.times(number, factor)\n"
    )
    settings = (tiny / "assignment.toml").read_text()
    (tiny / "assignment.toml").write_text(
        settings.replace('file = "solution.py"', 'file = "solution.py"\nreads = ["deep"]')
    )
    checks = (tiny / "test_checks.py").read_text()
    (tiny / "test_checks.py").write_text(checks.replace("    assert second == 10\n", ""))

    validated = validate()

    assert "sums.py, line 2 (operator): it passes every check of pair" in validated.stdout
    assert "unused" not in validated.stdout
    assert "sums.py, line 6" not in validated.stdout


def test_an_assignment_s_folder_may_have_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A folder's name may be any bytes; mutants of its solution are still distinguished."""
    folder = shutil.copytree(TINY, tmp_path / os.fsdecode(b"t\xefny"), ignore=shutil.ignore_patterns("__pycache__"))
    assignment = load_assignment(str(folder))

    first, second = mutants(assignment, "scale")[:2]

    with mutated_solution(assignment, first) as one, mutated_solution(assignment, second) as other:
        assert one.digest != other.digest
