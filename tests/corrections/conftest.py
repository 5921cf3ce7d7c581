"""Builders of results, corrections and terms, as small as these tests allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grader.corrections import Override
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.submission import SubmissionRecord

FIRST, SECOND = "1" * 64, "2" * 64
"""Digests of what was handed in first and afterwards."""

Build = Callable[..., GradingResult]
Correct = Callable[..., Override]


def checked(name: str, *outcomes: Outcome) -> ExerciseResult:
    """Return an exercise of 5 points a check."""
    points = [5.0 if o is Outcome.PASSED else 0.0 for o in outcomes]
    checks = tuple(
        CheckResult(f"test_{n}", f"Check {n}", o, p, 5.0) for n, (o, p) in enumerate(zip(outcomes, points, strict=True))
    )
    status = ExerciseStatus.ERROR if Outcome.ERROR in outcomes else ExerciseStatus.PARTIAL
    return ExerciseResult(name, status, sum(points), 5.0 * len(outcomes), title=name.title(), checks=checks)


@pytest.fixture
def build() -> Build:
    """A result of 10 of 20 points: of two exercises, one check passes and one fails in each."""

    def result(student: str = "ada", *exercises: ExerciseResult, **changes: Any) -> GradingResult:
        submission = {k: changes.pop(k) for k in [*changes] if k not in ("status", "score", "message")}
        record = replace(SubmissionRecord(f"{student}_1", student, f"{student}.ipynb", FIRST), **submission)
        both = (Outcome.PASSED, Outcome.FAILED)
        exercises = exercises or (checked("lens", *both), checked("stream", *both))
        score, most = sum(e.score for e in exercises), sum(e.max_score for e in exercises)
        graded = GradingResult(record, "lenses", SubmissionStatus.GRADED, score, most, exercises)
        return replace(graded, **changes)

    return result


@pytest.fixture
def absent(build: Build) -> GradingResult:
    """Somebody on the roster who handed nothing in."""
    result = build("eve", status=SubmissionStatus.NOT_SUBMITTED, score=0.0, sha256="", path="")
    return replace(result, exercises=())


@pytest.fixture
def correct() -> Correct:
    """A correction by Cara of what ada handed in."""

    def override(person: str = "ada", **what: Any) -> Override:
        return Override(
            **{"person": person, "sha256": FIRST, "who": "cara", "when": datetime(2026, 11, 30, tzinfo=UTC)} | what
        )

    return override
