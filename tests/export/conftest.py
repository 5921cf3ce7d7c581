"""A builder of results, as small as the tests of the export allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus

Build = Callable[..., GradingResult]


@pytest.fixture
def build() -> Build:
    def result(
        student: str = "ada", *exercises: ExerciseResult, status: SubmissionStatus = SubmissionStatus.GRADED
    ) -> GradingResult:
        return GradingResult(
            submission={"id": f"{student}_1", "student": student, "path": f"{student}.ipynb", "sha256": "0" * 64},
            assignment="lens",
            status=status,
            score=sum(e.score for e in exercises),
            max_score=20.0,
            exercises=exercises or (ExerciseResult("lens", ExerciseStatus.FAILED, 0.0, 10.0),),
        )

    return result
