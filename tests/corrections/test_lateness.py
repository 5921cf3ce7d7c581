"""What lateness costs follows from times, the platform's mark and the course's terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.corrections import Extension, LatePolicy, Override, Share, Terms, final_grade, final_grades
from grader.result import GradingResult

Build = Callable[..., GradingResult]
Correct = Callable[..., Override]

DUE = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TERMS = Terms(DUE, LatePolicy(per_day=10.0, cap=30.0, grace=timedelta(minutes=15), cutoff=timedelta(days=7)))


def after(**time: float) -> str:
    return (DUE + timedelta(**time)).isoformat()


COSTS: dict[str, tuple[dict[str, float], float]] = {
    "before": ({"hours": -1}, 10.0),
    "within the grace": ({"minutes": 15}, 10.0),
    "a minute later": ({"minutes": 16}, 8.0),
    "a day": ({"days": 1}, 8.0),
    "a day and a second": ({"days": 1, "seconds": 1}, 6.0),
    "up to the cap": ({"days": 6}, 4.0),
    "the last moment": ({"days": 7}, 4.0),
    "too late": ({"days": 7, "seconds": 1}, 0.0),
}


@pytest.mark.parametrize(("late", "score"), COSTS.values(), ids=COSTS)
def test_each_day_that_was_begun_costs(build: Build, late: dict[str, float], score: float) -> None:
    """Per cent of the 20 points, from the deadline on, until nothing counts."""
    assert final_grade(build(submitted=after(**late)), terms=TERMS).score == score


def test_the_platforms_deadline_counts_where_the_course_names_none(build: Build) -> None:
    """It is the person's own, extensions on the platform included; more days are after that."""
    terms, late = replace(TERMS, due=None), build(submitted=after(days=1), due=DUE.isoformat(), late=True)
    three_days = replace(terms, extensions=(Extension("ada", days=3),))

    assert final_grade(late, terms=terms).score == 8.0
    assert final_grade(late, terms=three_days, extensions=three_days.extensions).score == 10.0
    assert final_grade(late, terms=replace(TERMS, due=DUE + timedelta(days=1))).score == 10.0


def test_per_cent_may_be_of_what_was_earned(build: Build) -> None:
    """10 per cent of 10 points are 1."""
    earned = replace(TERMS, late=replace(TERMS.late, of=Share.EARNED))

    assert final_grade(build(submitted=after(hours=3)), terms=earned).score == 9.0


def test_nobody_falls_below_0(build: Build) -> None:
    """More is not taken off than there is."""
    grade = final_grade(build(submitted=after(days=3)), terms=replace(TERMS, late=LatePolicy(per_day=40.0)))

    assert (grade.score, grade.deduction and grade.deduction.points) == (0.0, 10.0)


def test_a_waiver_and_points_for_the_whole_cost_nothing(build: Build, correct: Correct) -> None:
    """What staff says of the whole is the grade; points of a part are not."""
    late = build(submitted=after(days=1))

    assert final_grade(late, [correct(late_waived=True)], TERMS).score == 10.0
    assert final_grade(late, [correct(points=15.0)], TERMS).score == 15.0
    assert final_grade(late, [correct(exercise="lens", points=10.0)], TERMS).score == 13.0


@pytest.mark.parametrize(
    "extension", [Extension("ada", due=DUE + timedelta(days=3)), Extension("ada", days=3)], ids=["due", "days"]
)
def test_an_extension_is_one_person_s(build: Build, extension: Extension) -> None:
    """Their deadline is another one; days are counted from it."""
    both = [build("ada", submitted=after(days=4)), build("bob", submitted=after(days=1))]
    grades = final_grades(both, terms=replace(TERMS, extensions=(extension,))).by_id

    assert [g.score for g in grades.values()] == [8.0, 8.0]


def test_a_mark_alone_asks_for_the_days(build: Build, correct: Correct) -> None:
    """Where the platform says no more than late, staff must tell by how many days."""
    marked = build(late=True)

    assert final_grade(marked, terms=TERMS).score is None
    assert final_grade(marked, terms=TERMS).days_wanted
    assert final_grade(marked, [correct(days_late=2)], TERMS).score == 6.0
    assert final_grade(marked, [correct(days_late=0)], TERMS).score == 10.0
    assert final_grade(marked, [correct(days_late=8)], TERMS).score == 0.0
    assert final_grade(marked, [correct(late_waived=True)], TERMS).score == 10.0
    assert final_grade(marked).score == 10.0


def test_who_has_nothing_to_lose_is_not_asked_about(build: Build) -> None:
    """Of 0 points nothing is taken off, however late they are."""
    grade = final_grade(build(late=True, score=0.0), terms=TERMS)

    assert (grade.score, grade.deduction, grade.days_wanted) == (0.0, None, False)


def test_a_time_decides_before_the_mark(build: Build) -> None:
    """The platform's own deadline may have been another one."""
    assert final_grade(build(late=True, submitted=after(hours=-2)), terms=TERMS).score == 10.0


ZONES: dict[str, tuple[str, str | None, float | None]] = {
    "of the course": ("2026-11-20T23:30:00", "Europe/Berlin", 8.0),
    "that does not matter": ("2026-11-18T23:30:00", None, 10.0),
    "that matters": ("2026-11-20T23:30:00", None, None),
}


@pytest.mark.parametrize(("submitted", "zone", "score"), ZONES.values(), ids=ZONES)
def test_a_time_without_a_zone(build: Build, submitted: str, zone: str | None, score: float | None) -> None:
    """It is in the course's zone; without one it decides only where all zones agree."""
    terms = replace(TERMS, zone=ZoneInfo(zone) if zone else None)

    assert final_grade(build(submitted=submitted), terms=terms).score == score


def test_an_attempt_too_many_is_no_grade(build: Build) -> None:
    """Staff may allow one person more."""
    result, terms = build(attempt=3), Terms(attempts=2)

    assert final_grade(result, terms=terms).why_none == "attempt 3, and no more than 2 count"
    assert final_grade(result, terms=terms, extensions=[Extension("ada", attempts=3)]).score == 10.0


def test_an_extension_of_nobody_is_said(build: Build) -> None:
    """As one that may be of several people."""
    terms = Terms(DUE, extensions=(Extension("zoe", days=1), Extension("ada", days=1)))
    grades = final_grades([build("ada", id="ada_1"), build("ada", id="ada_2")], terms=terms)

    assert grades.problems == (
        "an extension was not applied: nobody here is 'zoe'.",
        "an extension was not applied: 'ada' may be ada_1, ada_2; name one by that id.",
    )
