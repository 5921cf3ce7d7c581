"""The student's page of a notebook whose hidden checks were left for the grading."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.report import student_page
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, Visibility

RIGHT = CheckResult("test_a", "It is a", Outcome.PASSED, 4.0, 4.0)
WRONG = replace(RIGHT, outcome=Outcome.FAILED, points=0.0, message="It is b.")
LEFT = tuple(CheckResult(f"test_{n}", f"Hidden {n}", Outcome.SKIPPED, 0.0, 3.0, Visibility.HIDDEN) for n in range(2))


def checked(full: GradingResult, *exercises: tuple[ExerciseStatus, tuple[CheckResult, ...]]) -> GradingResult:
    """Return a result of exercises of 10 points, of which hidden checks decide 6."""
    made = tuple(
        ExerciseResult(f"f{n}", status, sum(c.points for c in checks), 10.0, checks=checks)
        for n, (status, checks) in enumerate(exercises)
    )
    score = sum(e.score for e in made)
    return replace(full, exercises=made, score=score, max_score=sum(e.max_score for e in made))


def both_right(full: GradingResult) -> GradingResult:
    return checked(full, *[(ExerciseStatus.INCOMPLETE, (RIGHT, *LEFT))] * 2)


def test_a_notebook_that_passes_what_can_be_checked_is_told_so(results: dict[str, Any], parse: Any) -> None:
    """The heading counts checks, and the next sentence points, which nobody could have yet."""
    page = parse(student_page(both_right(results["full"])))

    assert page.one("h1").text == "All 2 visible checks pass"
    assert page.one("p", class_="summary").text == (
        "8 of the 8 points that can be checked here; hidden checks decide the other 12 when the notebook is graded."
    )


def test_a_notebook_that_fails_a_visible_check_is_told_how_many_pass(results: dict[str, Any], parse: Any) -> None:
    """What to start with is named, and no exercise fails whose visible checks pass."""
    wrong = (ExerciseStatus.FAILED, (WRONG, *LEFT))
    page = parse(student_page(checked(results["full"], (ExerciseStatus.INCOMPLETE, (RIGHT, *LEFT)), wrong)))

    assert page.one("h1").text == "1 of 2 visible checks pass"
    assert page.one("p", class_="summary").text == (
        "4 of the 8 points that can be checked here; hidden checks decide the other 12 when the notebook is graded. "
        "Start with f1 (not right yet)."
    )


def test_checks_that_were_left_for_the_grading_are_one_line(results: dict[str, Any], parse: Any) -> None:
    """Their titles are there for whoever unfolds it, without a verdict and without a zero."""
    page = parse(student_page(both_right(results["full"])))

    assert [s.text for s in page.all("summary") if "hidden" in s.text] == ["2 hidden checks, run at grading"] * 2
    assert [li.text for li in page.all("li", class_="left")] == ["Hidden 0", "Hidden 1"] * 2
    assert "skipped" not in page.text
    assert "0 / " not in page.text


def test_checks_of_one_title_that_were_left_are_named_once(results: dict[str, Any], parse: Any) -> None:
    """The same check on several inputs is one entry with their number."""
    again = (replace(LEFT[0], id="test_0[b]"), *LEFT)
    page = parse(student_page(checked(results["full"], (ExerciseStatus.INCOMPLETE, (RIGHT, *again)))))

    assert [" ".join(li.text.split()) for li in page.all("li", class_="left")] == ["Hidden 0 2 checks", "Hidden 1"]
    assert "3 hidden checks, run at grading" in page.text


def test_an_exercise_shows_the_points_that_could_be_had(results: dict[str, Any], parse: Any) -> None:
    """In the list and at each exercise, points of checks that were left are not missed."""
    page = parse(student_page(both_right(results["full"])))
    points = [" ".join(p.text.split()) for p in page.all("span", class_="points")]

    assert "4 / 10 points" not in points
    assert points.count("4 / 4 points") >= 4


def test_an_exercise_whose_visible_checks_pass_says_so(results: dict[str, Any], parse: Any) -> None:
    """An exercise's label and sentence speak of visible checks, and count what was run."""
    page = parse(student_page(both_right(results["full"])))

    assert [v.text.strip() for v in page.all("span", class_="verdict")].count("visible checks pass") == 4
    sentence = "Every visible check passes. The hidden checks run when your notebook is graded."
    assert [p.text for p in page.all("p", class_="lead")] == [sentence] * 2
    assert "1 of 1 check passed" in page.text
    assert "of 3 checks" not in page.text


def test_an_exercise_that_only_hidden_checks_try_is_not_said_to_pass(results: dict[str, Any], parse: Any) -> None:
    """Where nothing could be checked, nothing is said to be right."""
    page = parse(student_page(checked(results["full"], (ExerciseStatus.INCOMPLETE, LEFT))))

    assert page.one("h1").text == "No check can be run before the grading"
    assert "visible checks pass" not in page.text
    assert "not checked here" in page.text
