"""The grade that counts follows from a result, corrections and the course's terms alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.corrections import FinalGrade, Override, final_grade, final_grades
from grader.corrections.row_names import RowNames
from grader.person import Person
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus

from .conftest import SECOND, checked

Build = Callable[..., GradingResult]
Correct = Callable[..., Override]


def test_without_corrections_it_is_the_score(build: Build) -> None:
    """Nothing is changed, and nothing is said."""
    assert final_grade(build()) == FinalGrade(build(), build(), 10.0)


SET: dict[str, tuple[dict[str, Any], float]] = {
    "a check": ({"exercise": "lens", "check": "test_1", "points": 2.5}, 12.5),
    "an exercise": ({"exercise": "lens", "points": 9.0}, 14.0),
    "the whole": ({"points": 17.0}, 17.0),
    "nothing but a comment": ({"comment": "Well done."}, 10.0),
}


@pytest.mark.parametrize(("what", "score"), SET.values(), ids=SET)
def test_points_that_staff_set_count(build: Build, correct: Correct, what: dict[str, Any], score: float) -> None:
    """Sums follow; the result as it was graded stays as it was."""
    grade = final_grade(build(), [correct(**what)])

    assert (grade.score, grade.result.score, grade.raw) == (score, score, build())
    assert grade.applied == (correct(**what),)


def test_the_larger_part_goes_before_the_smaller(build: Build, correct: Correct) -> None:
    """An exercise's points go before its checks', in whichever order they were set."""
    check = correct(exercise="lens", check="test_1", points=5.0)
    exercise = correct(exercise="lens", points=3.0)

    assert final_grade(build(), [check, exercise]).score == final_grade(build(), [exercise, check]).score == 8.0
    assert final_grade(build(), [correct(points=1.0), exercise]).score == 1.0


def test_the_last_points_count(build: Build, correct: Correct) -> None:
    """A comment that comes afterwards takes no points away."""
    grade = final_grade(build(), [correct(points=12.0), correct(points=13.0), correct(comment="Sorry.")])

    assert grade.score == 13.0


def test_an_excuse_is_no_grade(build: Build, correct: Correct) -> None:
    """Neither 0 nor the points that there were, also beside points that were set."""
    grade = final_grade(build(), [correct(excused=True), correct(points=12.0)])

    assert (grade.score, grade.why_none) == (None, "excused")
    assert (grade.result.status, grade.result.has_score) == (SubmissionStatus.EXCUSED, False)
    assert grade.score_or_zero(zero=True) is None


def test_who_handed_in_nothing_has_no_grade_until_staff_gives_one(absent: GradingResult, correct: Correct) -> None:
    """Only if asked it is 0; an excuse or points can be set."""
    given = correct("eve", sha256="", points=8.0)

    assert final_grade(absent).score is None
    assert final_grade(absent).score_or_zero(zero=True) == 0.0
    assert final_grade(absent, [given]).score == 8.0
    assert final_grade(absent, [correct("eve", sha256="", excused=True)]).why_none == "excused"


def test_a_fault_of_ours_is_no_grade_until_staff_decides(build: Build, correct: Correct) -> None:
    """A check that could not be run leaves the grade open until its points are set."""
    result = build("ada", checked("lens", Outcome.PASSED, Outcome.ERROR))
    check = correct(exercise="lens", check="test_1", points=4.0)

    assert (final_grade(result).score, final_grade(result).why_none) == (None, "could not be graded")
    assert final_grade(result, [correct(exercise="lens", check="test_0", points=1.0)]).score is None
    assert final_grade(result, [check]).score == 9.0
    assert final_grade(result, [check]).result.exercises[0].status is ExerciseStatus.PARTIAL
    assert final_grade(result, [correct(exercise="lens", points=10.0)]).score == 10.0
    assert final_grade(replace(result, status=SubmissionStatus.ERROR), [correct(points=3.0)]).score == 3.0


def test_a_correction_of_another_submission_is_offered(build: Build, correct: Correct) -> None:
    """It is of what was handed in before, until staff sets the same of this one."""
    again = build(sha256=SECOND)
    old, new = correct(points=15.0), correct(sha256=SECOND, points=14.0)

    assert (final_grade(again, [old]).score, final_grade(again, [old]).offered) == (10.0, (old,))
    assert (final_grade(again, [old, new]).score, final_grade(again, [old, new]).offered) == (14.0, ())


NOT_DONE: dict[str, tuple[dict[str, Any], str]] = {
    "another exercise": ({"exercise": "lense", "points": 1.0}, "there is no exercise 'lense': they are lens, stream"),
    "another check": ({"check": "test_9", "points": 1.0}, "there is no check 'test_9'"),
    "two checks": ({"check": "test_0", "points": 1.0}, "2 checks are called 'test_0'"),
    "too many points": ({"exercise": "lens", "points": 11.0}, "11 points are more than the 10 that there are"),
}


@pytest.mark.parametrize(("what", "said"), NOT_DONE.values(), ids=NOT_DONE)
def test_what_does_not_fit_is_said_and_not_applied(
    build: Build, correct: Correct, what: dict[str, Any], said: str
) -> None:
    """As when a check has another name since."""
    grade = final_grade(build(), [correct(**what)])

    assert (grade.score, grade.applied) == (10.0, ())
    [problem] = grade.problems
    assert problem.startswith("cara's correction of 2026-11-30 00:00 of")
    assert said in problem


NAMED = {
    "its id": "ada_1",
    "its student": " Ada ",
    "its number": "4711",
    "its name": "ada lovelace",
    "its key": "canvas 4711",
}


def test_a_correction_outlasts_the_roster(build: Build) -> None:
    """The name that is written is known without one, and so is a number from the file."""
    known = {"person": "canvas 4711", "claims": (Person(id="4711"),)}
    with_roster, without = build(**known, student_id="4711", name="Ada"), build(**known)

    assert RowNames([with_roster]).lasting(with_roster) == "canvas 4711"
    assert RowNames([without]).find("canvas 4711") == RowNames([without]).find("4711") == [without]


@pytest.mark.parametrize("student", ["M\udcfcller", "x\x1b[31m", "a\u202eb"])
def test_a_correction_names_nobody_by_what_no_file_can_show(build: Build, student: str) -> None:
    """A file's name may have bytes that are no text, or orders for a terminal."""
    row = build(student=student, person=f"named {student}", id="muller")

    assert RowNames([row]).lasting(row) == "muller"


@pytest.mark.parametrize("name", NAMED.values(), ids=NAMED)
def test_a_row_is_named_in_several_ways(build: Build, correct: Correct, name: str) -> None:
    """By its id, or by what is known of the person."""
    ada = build("ada", student_id="4711", name="Ada Lovelace", person="canvas 4711")

    grades = final_grades([ada, build("bob")], [correct(name, points=1.0)]).by_id
    assert [g.score for g in grades.values()] == [1.0, 10.0]


def test_one_of_two_people_with_one_name_is_found_by_the_file(build: Build, correct: Correct) -> None:
    """Where both have handed in other files."""
    two = [build("ada", id="ada_1"), build("ada", id="ada_2", sha256=SECOND)]

    grades = final_grades(two, [correct("ada", sha256=SECOND, points=1.0)]).by_id
    assert [g.score for g in grades.values()] == [10.0, 1.0]


@pytest.mark.parametrize(("name", "said"), [("zoe", "nobody here is 'zoe'"), ("ada", "'ada' may be ada_1, ada_2")])
def test_a_correction_that_is_nobodys_is_said(build: Build, correct: Correct, name: str, said: str) -> None:
    """It is applied to none of several."""
    grades = final_grades([build("ada", id="ada_1"), build("ada", id="ada_2")], [correct(name, points=1.0)])

    assert [g.score for g in grades.by_id.values()] == [10.0, 10.0]
    assert said in grades.problems[0]
