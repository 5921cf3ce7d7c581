"""``grader check`` does not count a check as passed that was not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.cli import check_report
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)
from tests.cli.conftest import TINY

ASSIGNMENT = load_assignment(str(TINY))
NOTEBOOK = Path("not read here.ipynb")
PASSED = CheckResult("test_a", "It is a", Outcome.PASSED, 1.0, 1.0)
LEFT = CheckResult("test_b", "It is b", Outcome.SKIPPED, 0.0, 1.0, Visibility.HIDDEN)


def result(*checks: CheckResult) -> GradingResult:
    """Return a result of two exercises: one that passed, and one with these checks."""
    exercises = (
        ExerciseResult("first", ExerciseStatus.PASSED, 1.0, 1.0, checks=(PASSED,)),
        ExerciseResult("second", ExerciseStatus.INCOMPLETE, 0.0, 1.0, checks=checks),
    )
    return GradingResult({}, "tiny", SubmissionStatus.GRADED, 1.0, 2.0, exercises)


def test_an_exercise_with_hidden_checks_alone_is_not_passed(capsys: pytest.CaptureFixture[str]) -> None:
    """The report says so, and the exit code is not that of a notebook that passes."""
    check_report.print_check(result(LEFT), ASSIGNMENT, NOTEBOOK, sandboxed=True, page=None)

    assert "second: not checked here, all of its checks are hidden" in capsys.readouterr().out
    assert not check_report.all_passed(result(LEFT))


def test_visible_checks_that_pass_are_all_that_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Hidden ones are counted as still to be run."""
    check_report.print_check(result(PASSED, LEFT), ASSIGNMENT, NOTEBOOK, sandboxed=True, page=None)

    said = capsys.readouterr().out
    assert "second: visible checks pass" in said
    assert "2 of 2 visible checks pass; 1 further check runs at grading" in said
    assert check_report.all_passed(result(PASSED, LEFT))
