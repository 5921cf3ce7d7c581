"""The stub and the solution's notebook, graded like anybody's: one must earn nothing, the other everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.submission import Submission, digest
from grader.validation.validation_report import ReportSection

SOLUTION = "solution.ipynb"
"""A file of the assignment that holds the right answers as a student would hand them in, if there is one."""


def handed_out(assignment: Assignment) -> list[Submission]:
    """Return the stub and, if there is one, the solution's notebook, as submissions."""
    paths = [assignment.notebook, assignment.root / SOLUTION]
    return [_submission(p) for p in paths if p.is_file()]


def notebooks_section(assignment: Assignment, results: list[GradingResult]) -> ReportSection:
    """Hold the results of the notebooks that were handed out against what they must be."""
    failings = [f for r in results for f in _failings(r, stub=r.submission["path"] == assignment.notebook.name)]
    earned = (f"{r.submission['path']} earns {r.score:g} of {r.max_score:g} ({_status(r)})" for r in results)
    return ReportSection("Notebooks", not failings, f"{' and '.join(earned)}.", tuple(failings))


def _submission(path: Path) -> Submission:
    return Submission(path.stem, path.stem, path, path.name, digest(path.read_bytes()))


def _status(result: GradingResult) -> str:
    found = sorted({e.status.value for e in result.exercises}) or [result.status.value]
    return ", ".join(found).replace("_", " ")


def _failings(result: GradingResult, *, stub: bool) -> Iterator[str]:
    name = result.submission["path"]
    if result.status is not SubmissionStatus.GRADED:
        yield f"{name} could not be graded: {result.message}"
    for exercise in result.exercises:
        if stub and (exercise.status is not ExerciseStatus.NOT_ATTEMPTED or exercise.score):
            found = f"{exercise.name} is {exercise.status.value} with {exercise.score:g} points"
            yield f"{name} is what students start from, yet {found}."
        for check in exercise.checks if not stub else ():
            if check.outcome is not Outcome.PASSED:
                yield f"{name} is right, yet {check.id} says: {check.message}"
