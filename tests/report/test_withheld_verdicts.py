"""While hidden checks are held back, nothing that a student is shown depends on them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.corrections import FinalGrade, LatePolicy, Override, Share, Terms, final_grade
from grader.report import student_page
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, Visibility
from grader.withheld_verdicts import told_overrides, withheld, without_score

NOTE = "Hidden checks are shown later."
WHEN = datetime(2026, 11, 30, tzinfo=UTC)
SEEN = CheckResult("test_a", "It is a", Outcome.PASSED, 4.0, 4.0)
WRONG = replace(SEEN, outcome=Outcome.FAILED, points=0.0, message="It is b.")
NOT_SEEN = CheckResult("test_b[secret]", "It works in general", Outcome.PASSED, 6.0, 6.0, Visibility.HIDDEN, hint="h")
HIDDEN_ENDS = {
    "passes": NOT_SEEN,
    "fails": replace(NOT_SEEN, outcome=Outcome.FAILED, points=0.0, message="secret", note="secret"),
    "leaves credit": replace(NOT_SEEN, outcome=Outcome.FAILED, points=3.0),
    "is not attempted": replace(NOT_SEEN, outcome=Outcome.NOT_ATTEMPTED, points=0.0),
    "breaks": replace(NOT_SEEN, outcome=Outcome.ERROR, points=0.0, message="secret"),
}


def graded(full: GradingResult, seen: CheckResult, not_seen: CheckResult) -> GradingResult:
    """Return a result of one exercise with both kinds of checks, as grading adds it up."""
    points = seen.points + not_seen.points
    ends = {seen.outcome, not_seen.outcome}
    status = (
        ExerciseStatus.ERROR if Outcome.ERROR in ends
        else ExerciseStatus.PASSED if ends == {Outcome.PASSED}
        else ExerciseStatus.PARTIAL if points
        else ExerciseStatus.FAILED
    )  # fmt: skip
    message = seen.message or ("" if not_seen.outcome is Outcome.PASSED else "1 on other inputs does not.")
    made = ExerciseResult("f", status, points, 10.0, message=message, checks=(seen, not_seen))
    return replace(full, exercises=(made,), score=points, max_score=10.0)


def shown(result: GradingResult, overrides: list[Override], terms: Terms | None = None) -> FinalGrade:
    """Return the grade that the student is shown."""
    grade = final_grade(withheld(result, NOTE), told_overrides(overrides, result), terms)
    return without_score(grade, NOTE)


def override(points: float | None = None, **fields: Any) -> Override:
    return Override("x", "", "Ines", WHEN, points=points, **fields)


OVERRIDES = {
    "none": [],
    "of the whole": [override(9.0, comment="Well argued.")],
    "of the exercise": [override(8.0, exercise="f")],
    "of the hidden check": [override(5.0, exercise="f", check="test_b[secret]", comment="Close.")],
    "of the visible check": [override(2.0, exercise="f", check="test_a")],
}


@pytest.mark.parametrize("seen", [SEEN, WRONG], ids=["visible passes", "visible fails"])
@pytest.mark.parametrize("which", OVERRIDES)
def test_nothing_depends_on_hidden_checks(results: dict[str, Any], seen: CheckResult, which: str) -> None:
    """Page, record and score are the same however they ended, late and corrected ones too."""
    late = Terms(due=WHEN, late=LatePolicy(per_day=10.0, of=Share.EARNED))
    submission = replace(results["full"].submission, submitted=(WHEN + timedelta(hours=5)).isoformat())
    full = replace(results["full"], submission=submission)
    sha256 = submission.sha256
    corrections = [replace(o, sha256=sha256) for o in OVERRIDES[which]]

    grades = [shown(graded(full, seen, end), corrections, late) for end in HIDDEN_ENDS.values()]

    assert len({student_page(grade) for grade in grades}) == 1
    assert len({json.dumps(grade.result.to_json()) for grade in grades}) == 1
    assert {grade.score for grade in grades} == {None}
    assert "secret" not in student_page(grades[0]) + json.dumps(grades[0].result.to_json())


@pytest.mark.parametrize("end", HIDDEN_ENDS)
def test_the_visible_part_is_said_and_that_the_rest_counts(results: dict[str, Any], parse: Any, end: str) -> None:
    """The heading counts the visible points, and a sentence says what of the others."""
    page = parse(student_page(shown(graded(results["full"], SEEN, HIDDEN_ENDS[end]), [])))

    assert page.one("h1").text == "4 of 4 visible points"
    assert page.one("p", class_="summary").text == NOTE
    assert [s.text for s in page.all("summary") if "hidden" in s.text] == ["1 hidden check, counted in the grade"]


def test_an_exercise_of_hidden_checks_alone_says_so(results: dict[str, Any], parse: Any) -> None:
    """There is no point that could be told, and no word of a grading that is still to come."""
    made = ExerciseResult("f", ExerciseStatus.PASSED, 6.0, 6.0, checks=(NOT_SEEN,))
    page = parse(student_page(shown(replace(results["full"], exercises=(made,), score=6.0, max_score=6.0), [])))

    assert page.one("h1").text == "All checks are hidden"
    assert "before the grading" not in page.text


@pytest.mark.parametrize("end", HIDDEN_ENDS)
def test_comments_and_points_of_visible_checks_are_told(results: dict[str, Any], end: str) -> None:
    """What staff says beside the hidden checks reaches the student."""
    result = graded(results["full"], SEEN, HIDDEN_ENDS[end])
    told = told_overrides([o for some in OVERRIDES.values() for o in some], result)

    assert [(o.check, o.points, o.comment) for o in told] == [("", None, "Well argued."), ("test_a", 2.0, "")]
