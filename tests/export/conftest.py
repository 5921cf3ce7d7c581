"""Builders of results and of exports, as small as the tests of the export allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.corrections import final_grades
from grader.export.formats import BY_NAME
from grader.export.request import Exported, Options, Request
from grader.export.run_export import run_export
from grader.person import Person
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

Build = Callable[..., GradingResult]


@pytest.fixture
def build() -> Build:
    def result(
        student: str = "ada",
        *exercises: ExerciseResult,
        status: SubmissionStatus = SubmissionStatus.GRADED,
        **submission: Any,
    ) -> GradingResult:
        return GradingResult(
            submission=replace(SubmissionRecord(f"{student}_1", student, f"{student}.ipynb", "0" * 64), **submission),
            assignment="lens",
            status=status,
            score=sum(e.score for e in exercises),
            max_score=20.0,
            exercises=exercises or (ExerciseResult("lens", ExerciseStatus.FAILED, 0.0, 10.0),),
        )

    return result


@pytest.fixture
def scored(build: Build) -> Build:
    """A result with a score of 20; what else is known of the person are claims."""

    def result(
        student: str, score: float = 0.0, status: SubmissionStatus = SubmissionStatus.GRADED, **claim: Any
    ) -> GradingResult:
        part = ExerciseResult("lens", ExerciseStatus.PARTIAL, score, 20.0, title="Logit lens")
        return build(student, part, status=status, **({"claims": (Person(**claim),)} if claim else {}))

    return result


@pytest.fixture
def export() -> Callable[..., Exported]:
    """Export results to a format."""

    def exported(name: str, *results: GradingResult, title: str = "Lens", **options: Any) -> Exported:
        return run_export(BY_NAME[name], Request(final_grades(results), "lens", title, Options(**options)))

    return exported


@pytest.fixture
def downloaded(tmp_path: Path) -> Callable[..., Path]:
    """Write what was downloaded from a platform, byte by byte."""

    def path(text: str, encoding: str = "utf-8") -> Path:
        place = tmp_path / "downloaded.csv"
        place.write_bytes(text.encode(encoding))
        return place

    return path
