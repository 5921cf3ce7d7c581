"""Uploads of members with results, without a worker that makes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SourceSpan, Visibility

from .conftest import RIGHT, People, notebook

MOST = {"scale": 4.0, "pair": 2.0}


def hand_in(people: People, name: str, content: bytes = b"", file_name: str = "mine.ipynb", **fields: Any) -> Any:
    """Return the row of an attempt of somebody's that waits to be graded."""
    from grader.service.accept import accept

    content = content or notebook(*RIGHT)
    return accept(people.assignment, people.member(name), file_name, [content], by=people.accounts[name], **fields)


def graded(people: People, name: str, scale: float = 4.0, **fields: Any) -> Any:
    """Return the row of an attempt with a result.

    It has so many points of the first exercise and all of the other. ``changes`` are those of the result.
    """
    changes = fields.pop("changes", {})
    upload = hand_in(people, name, **fields)
    publish(upload, replace(result(upload, scale), **changes))
    return upload


def publish(upload: Any, made: GradingResult) -> None:
    """Publish a result as a worker does."""
    from grader.service.work import grading

    grading.publish(upload, upload.version, made, "a worker")
    upload.refresh_from_db()


def result(upload: Any, scale: float = 4.0) -> GradingResult:
    """Return what a worker makes of an upload.

    There are two exercises with a visible and a hidden check each.
    """
    from grader.result import SubmissionStatus
    from grader.service.member_rows import upload_facts
    from grader.submission import SubmissionRecord

    facts = upload_facts(upload, upload.assignment, upload.member)
    exercises = (_exercise("scale", scale), _exercise("pair", 2.0))
    return GradingResult(
        SubmissionRecord(path=upload.file_name, sha256=upload.sha256, **facts), "tiny", SubmissionStatus.GRADED,
        scale + 2.0, 6.0, exercises,
    )  # fmt: skip


def _exercise(name: str, points: float) -> ExerciseResult:
    most = MOST[name]
    status = ExerciseStatus.PASSED if points == most else ExerciseStatus.PARTIAL if points else ExerciseStatus.FAILED
    checks = tuple(
        CheckResult(
            f"test_{name}_{visibility}",
            f"{name.title()} on {visibility} input",
            Outcome.PASSED if points >= most * place / 2 else Outcome.FAILED,
            min(max(points - most * (place - 1) / 2, 0), most / 2),
            most / 2,
            visibility,
        )
        for place, visibility in enumerate(Visibility, 1)
    )
    source = (SourceSpan(1, 1, 2, f"def {name}(numbers):\n    return numbers"),)
    return ExerciseResult(name, status, points, most, name.title(), checks=checks, source=source)
