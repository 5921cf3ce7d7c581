"""Grades of an assignment are of each student's latest attempt, and take few queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .conftest import People
from .results import graded, hand_in


def scores(people: People) -> dict[str, float | None]:
    """Return the grades that count, by the name of whose they are."""
    from grader.service.upload_grades import grades_of

    return {g.raw.submission.name: g.score for g in grades_of(people.assignment).by_id.values()}


def correct(people: People, name: str, **fields: Any) -> None:
    """Correct something of a member's."""
    member = people.member(name)
    people.assignment.corrections.create(member=member, by=people.accounts["grader"], **fields)


def test_the_latest_attempt_counts(people: People) -> None:
    """An earlier attempt with more points does not."""
    graded(people, "student", 4.0)
    graded(people, "student", 1.0)

    assert scores(people)["student"] == 3.0


def test_an_attempt_that_waits_leaves_no_row(people: People) -> None:
    """What is not graded yet has no grade, neither 0 nor that of an earlier attempt."""
    from grader.service.upload_grades import count_waiting

    graded(people, "student")
    hand_in(people, "student")

    assert "student" not in scores(people)
    assert count_waiting(people.assignment) == 1


def test_who_handed_in_nothing_has_a_row(people: People) -> None:
    """Staff is not there, and neither is who left the course."""
    people.assignment.course.members.filter(name="classmate").update(active=False)

    assert scores(people) == {"student": None}


def test_the_newest_version_of_a_result_counts(people: People) -> None:
    """A regrade takes the place of the result before, which stays."""
    from .results import publish, result

    upload = graded(people, "student", 4.0)
    upload.version = 2
    upload.save()
    publish(upload, result(upload, 0.0))

    assert scores(people)["student"] == 2.0


def test_corrections_and_extensions_are_of_their_member(people: People) -> None:
    """One student's correction and extension change nobody else's grade."""
    from django.utils import timezone

    uploads = {name: graded(people, name) for name in ("student", "classmate")}
    correct(people, "student", sha256=uploads["student"].sha256, exercise="scale", points=1.0)
    people.assignment.due = timezone.now() - timedelta(days=1, hours=1)
    people.assignment.late_per_day = 10
    people.assignment.extensions.create(member=people.member("student"), days=7)

    assert scores(people) == {"student": 3.0, "classmate": 6.0 - 1.2}


def test_the_deadline_of_today_decides(people: People) -> None:
    """A deadline that was taken away after grading costs nobody anything."""
    from django.utils import timezone

    people.assignment.due = timezone.now() - timedelta(days=1)
    people.assignment.late_per_day = 10
    people.assignment.save()
    graded(people, "student")
    people.assignment.due = None

    assert scores(people)["student"] == 6.0


def test_the_grades_of_a_course_take_few_queries(people: People) -> None:
    """As many queries for a student as for many."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from grader.service.models import Member

    def count() -> int:
        people.assignment.attempts = 1  # which is looked at for each member
        with CaptureQueriesContext(connection) as queries:
            scores(people)
        people.assignment.attempts = None
        return len(queries)

    graded(people, "student")
    few = count()
    course = people.assignment.course
    for number in range(20):
        Member.objects.create(course=course, role="student", name=f"s{number}", login=f"s{number}")
    for name in ("student", "classmate") * 2:
        graded(people, name)

    assert few == count() <= 6
