"""The assignment's own notebooks: the stub must earn nothing, the solution everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment
from grader.digests import digest
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.submission import Submission
from grader.validation import messages
from grader.validation.validation_report import ReportSection

SOLUTION = "solution.ipynb"
"""The assignment's file with right answers as a student hands them in, if there is one."""


def own_notebooks(assignment: Assignment) -> list[Submission]:
    """Return the stub and, if there is one, the solution's notebook, as submissions."""
    paths = [assignment.notebook, assignment.root / SOLUTION]
    return [_as_submission(p) for p in paths if p.is_file()]


def notebooks_section(assignment: Assignment, results: list[GradingResult]) -> ReportSection:
    """Report whether the stub is not attempted and the solution passes every check."""
    failings = [f for r in results for f in _notebook_failings(r, stub=r.submission.path == assignment.notebook.name)]
    earned = (messages.notebook_earns(r.submission.path, r.score, r.max_score, _exercise_statuses(r)) for r in results)
    return ReportSection("Notebooks", not failings, f"{' and '.join(earned)}.", tuple(failings))


def _as_submission(path: Path) -> Submission:
    return Submission(path.stem, path.stem, path, path.name, digest(path.read_bytes()))


def _exercise_statuses(result: GradingResult) -> list[str]:
    statuses = sorted({e.status.value for e in result.exercises}) or [result.status.value]
    return [s.replace("_", " ") for s in statuses]


def _notebook_failings(result: GradingResult, *, stub: bool) -> Iterator[str]:
    name = result.submission.path
    if result.status is not SubmissionStatus.GRADED:
        yield messages.notebook_not_graded(name, result.message)
    for exercise in result.exercises:
        if stub and (exercise.status is not ExerciseStatus.NOT_ATTEMPTED or exercise.score):
            yield messages.stub_attempted(name, exercise.name, exercise.status.value, exercise.score)
        for check in exercise.checks if not stub else ():
            if check.outcome is not Outcome.PASSED:
                yield messages.right_but_failed(name, check.id, check.message)
