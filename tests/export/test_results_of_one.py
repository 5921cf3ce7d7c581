"""A grading system is told what it reads of a submission and what the student may see."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.errors import GraderError, UsageError
from grader.export.request import Exported
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)

Build = Callable[..., GradingResult]
Export = Callable[..., Exported]

HIDDEN = "prompt that nobody may see"


def check(title: str, points: float, outcome: Outcome = Outcome.PASSED, **more: Any) -> CheckResult:
    return CheckResult(f"test_{title}", title, outcome, points, 10.0, **more)


@pytest.fixture
def ada(build: Build) -> GradingResult:
    """A result of 12 of 20 points with a visible check that failed and a hidden one."""
    checks = (
        check("Shape", 10.0),
        check("Values", 2.0, Outcome.FAILED, message="first line\nsecond line", hint="Look at the axis."),
        CheckResult(
            f"test_more[{HIDDEN}]",
            "Other inputs",
            Outcome.FAILED,
            0.0,
            0.0,
            Visibility.HIDDEN,
            message=HIDDEN,
            note=HIDDEN,
        ),
    )
    part = ExerciseResult("lens", ExerciseStatus.PARTIAL, 12.0, 20.0, title="Logit lens", checks=checks)
    return build("ada", part)


def gradescope(data: bytes) -> dict[str, Any]:
    """Read results as Gradescope's specification has them."""
    results: dict[str, Any] = json.loads(data)
    kinds = {"hidden", "after_due_date", "after_published", "visible"}
    assert "score" in results or all("score" in test for test in results["tests"])
    assert set(results) <= {
        *("score", "execution_time", "output", "output_format", "test_output_format", "test_name_format"),
        *("visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"),
    }
    assert {results["visibility"], results["stdout_visibility"]} <= kinds
    for test in results["tests"]:
        assert set(test) <= {
            "score",
            "max_score",
            "status",
            "name",
            "number",
            "output",
            "tags",
            "visibility",
            "extra_data",
        }
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in kinds
        assert isinstance(test["number"], str)
    return results


def test_gradescope_gets_the_score_and_the_checks(ada: GradingResult, export: Export) -> None:
    """The score is the grade, and each check a test with its points and what it found."""
    results = gradescope(export("gradescope", ada).content)

    assert results["score"] == 12
    assert sum(test["score"] for test in results["tests"]) == 12
    assert [(t["number"], t["name"], t["status"]) for t in results["tests"]] == [
        ("1.1", "Shape", "passed"),
        ("1.2", "Values", "failed"),
        ("1.3", "Other inputs (hidden check)", "failed"),
    ]
    assert results["tests"][1]["output"] == "first line\nsecond line\nHint: Look at the axis."
    assert results["output"].startswith("12 of 20 points. ")
    assert results["extra_data"] == {"submission": ada.submission.id, "sha256": ada.submission.sha256}


@pytest.mark.parametrize("name", ["gradescope", "prairielearn", "junit", "github-summary", "github-annotations"])
def test_nothing_hidden_is_told(ada: GradingResult, export: Export, name: str) -> None:
    """Of a hidden check a student learns its title and whether it passed."""
    text = export(name, ada).content.decode().replace("\\ ", " ")

    assert "Other inputs" in text
    assert HIDDEN not in text


METADATA = {
    "id": 123456,
    "created_at": "2018-08-02T01:30:00.365935-07:00",
    "assignment": {"due_date": "2018-07-31T23:00:00.000000-07:00", "total_points": "10.0", "title": "P"},
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [],
}


def test_lateness_is_the_upload_s_and_not_the_clock_s(ada: GradingResult, export: Export, tmp_path: Path) -> None:
    """Grading again tells the same lateness.

    Other points there are told, and converted where it is asked for.
    """
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(METADATA))
    done = export("gradescope", ada, metadata=path)

    assert gradescope(done.content)["score"] == 12
    assert "Handed in 1 day 2 h 30 min after the due date." in gradescope(done.content)["output"]
    assert done.remarks == (
        "Gradescope has 10 points for it, grades are out of 20: written as they are; --scale converts them",
    )
    scaled = gradescope(export("gradescope", ada, metadata=path, scale=True).content)
    assert (scaled["score"], sum(t["score"] for t in scaled["tests"])) == (6, 6)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"created_at": "x", "assignment": {"due_date": "y"}}', '{"assignment": 1}']
)
def test_metadata_that_is_none_is_one_sentence(ada: GradingResult, export: Export, tmp_path: Path, text: str) -> None:
    """A file that is not Gradescope's is refused, and not half read."""
    (tmp_path / "m.json").write_text(text)

    with pytest.raises(UsageError, match=r"cannot be read as Gradescope's submission_metadata\.json"):
        export("gradescope", ada, metadata=tmp_path / "m.json")


def test_an_upload_without_a_due_date_is_not_late(ada: GradingResult, export: Export, tmp_path: Path) -> None:
    """Where nothing is due nothing is said."""
    assignment = {"due_date": None, "total_points": None}
    (tmp_path / "m.json").write_text(json.dumps(METADATA | {"assignment": assignment}))

    assert "after the due date" not in export("gradescope", ada, metadata=tmp_path / "m.json").content.decode()


def prairielearn(data: bytes) -> dict[str, Any]:
    """Read results as PrairieLearn's documentation of external grading has them."""
    assert len(data) <= 10**6
    results: dict[str, Any] = json.loads(data)
    if not results.get("gradable", True):
        assert isinstance(results["format_errors"], str | list)
        return results
    assert isinstance(results["score"], float)
    assert 0.0 <= results["score"] <= 1.0
    for test in results["tests"]:
        assert {"name", "points", "max_points"} <= set(test)
    return results


def test_prairielearn_gets_a_share_of_the_points(ada: GradingResult, export: Export) -> None:
    """The score is a number from 0 to 1.

    Every check has points, without which none would be shown.
    """
    results = prairielearn(export("prairielearn", ada).content)

    assert results["score"] == 0.6
    assert [(t["points"], t["max_points"]) for t in results["tests"]] == [(10, 10), (2, 10), (0, 0)]


def test_a_file_that_is_no_notebook_costs_no_attempt(scored: Build, export: Export) -> None:
    """PrairieLearn is told that there was nothing to grade, and why."""
    broken = replace(scored("ada", status=SubmissionStatus.UNREADABLE), exercises=(), message="It is a PDF.")

    assert prairielearn(export("prairielearn", broken).content) == {
        "gradable": False,
        "format_errors": ["Nothing could be graded. It is a PDF."],
    }


def test_results_fit_into_a_megabyte(build: Build, export: Export) -> None:
    """However much the checks have to say, PrairieLearn takes it."""
    long = tuple(check(f"n{n}", 0.0, Outcome.FAILED, message="é" * 20_000) for n in range(60))
    part = ExerciseResult("lens", ExerciseStatus.FAILED, 0.0, 20.0, checks=long)

    assert len(prairielearn(export("prairielearn", build("ada", part)).content)["tests"]) == 60


@pytest.mark.parametrize("name", ["gradescope", "prairielearn"])
def test_which_submission_is_meant_is_not_guessed(ada: GradingResult, scored: Build, export: Export, name: str) -> None:
    """Of several, one is named by its id; what there is is listed."""
    with pytest.raises(UsageError, match=r"several can be meant.*ada_1; ben_1"):
        export(name, ada, scored("ben", 3))
    with pytest.raises(UsageError, match=r"none has the id 'eve'"):
        export(name, ada, submission="eve")

    assert b'"score"' in export(name, ada, scored("ben", 3), submission="ben_1").content


@pytest.mark.parametrize("name", ["gradescope", "prairielearn"])
def test_a_fault_of_ours_is_no_result(scored: Build, export: Export, name: str) -> None:
    """Without results the system says that grading failed; a 0 would be a grade."""
    with pytest.raises(GraderError, match="no grade for ada") as failed:
        export(name, scored("ada", status=SubmissionStatus.ERROR))

    assert failed.value.exit_code == 3


def test_an_exercise_without_checks_is_told_as_one(build: Build, export: Export) -> None:
    """A function that was never found has a line that says so."""
    part = ExerciseResult("lens", ExerciseStatus.MISSING, 0.0, 20.0, message="There is no function lens.")
    [test] = gradescope(export("gradescope", build("ada", part)).content)["tests"]

    assert (test["name"], test["status"], test["max_score"], test["output"]) == (
        *("lens", "failed", 20),
        "There is no function lens.",
    )
