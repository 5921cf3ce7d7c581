"""Mutants of the solution are caught, give the same answers, or show that a check is weak."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from grader.assignment import load_assignment
from grader.validation.mutants import mutants
from grader.validation.mutated_solution import mutated_solution

from .conftest import TINY, Validate, replaced


def test_a_mutant_that_no_check_catches_is_shown_with_its_change(
    copied: Callable[[], Path], validate: Validate
) -> None:
    """A check that looks at the first of two numbers lets a wrong second one pass."""
    replaced(copied() / "checks" / "visible" / "test_checks.py", "    assert second == 10\n", "")

    validated = validate()

    assert validated.code == 1
    assert "0 differ" not in validated.section("Mutants")["verdict"]
    assert "- return number, number * factor\n    + return number, (number / factor)" in validated.stdout
    assert "it passes every check of pair, but its answers differ by" in validated.stdout


def test_mutants_reach_what_the_solution_imports(copied: Callable[[], Path], validate: Validate) -> None:
    """A change in an imported file shows a weak check; functions not called are not changed."""
    tiny = copied()
    (tiny / "deep").mkdir()
    (tiny / "deep" / "sums.py").write_text(
        "def times(a, b):\n    return a * b\n\n\ndef unused(a, b):\n    return a - b\n"
    )
    (tiny / "solution.py").write_text(
        "import numpy as np\nfrom deep import sums\n\n\ndef scale(numbers):\n"
        "    return sums.times(np.asarray(numbers, 'float32'), factor)\n\n\n"
        "def pair(number):\n    return number, sums.times(number, factor)\n"
    )
    replaced(tiny / "assignment.toml", 'file = "solution.py"', 'file = "solution.py"\nreads = ["deep"]')
    replaced(tiny / "checks" / "visible" / "test_checks.py", "    assert second == 10\n", "")

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
