"""Staff reads submissions and corrects grades; nothing that a student wrote runs there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from .conftest import RIGHT, People, notebook
from .results import graded, hand_in, publish, result
from .staff_client import COURSE, TINY, actions, correct, person, text

HOSTILE = "<script>alert(1)</script>"


# --- Submissions ---


def rows_of(people: People, query: str = "") -> list[str]:
    """Return the names in the table of submissions, in its order."""
    import re

    page = text(people.client("grader").get(f"{TINY}?{query}"))
    return re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]*)</bdi>', page)


def add_students(people: People, count: int, attempts: int = 1) -> None:
    """Put graded students into the course, without a worker and in few writes."""
    from grader.service.member_rows import row_id
    from grader.service.models import Member, PublishedResult, Upload

    course = people.assignment.course
    members = Member.objects.bulk_create(
        Member(course=course, role="student", name=f"Student {n:03}", login=f"s{n}", section=f"S{n % 3}")
        for n in range(count)
    )
    uploads = Upload.objects.bulk_create(
        Upload(assignment=people.assignment, member=m, attempt=a, file_name="x.ipynb", sha256=row_id(m), size=1,
               state="graded")
        for m in members for a in range(1, attempts + 1)
    )  # fmt: skip
    PublishedResult.objects.bulk_create(
        PublishedResult(upload=u, version=1, status="graded", score=n % 7, max_score=6, worker="",
                        document=result(u, float(min(n % 7, 4))).to_json())
        for n, u in enumerate(uploads)
    )  # fmt: skip


def test_what_needs_attention_comes_first(people: People) -> None:
    """Our errors, then conflicts, then the others by name; who handed in nothing is there too."""
    from grader.result import SubmissionStatus

    add_students(people, 2)
    graded(people, "student", changes={"submission": replace(_record(people), conflicts=("Two names.",))})
    broken = hand_in(people, "classmate")
    publish(broken, replace(result(broken), status=SubmissionStatus.ERROR, exercises=(), message="It broke."))

    assert rows_of(people) == ["classmate", "student", "Student 000", "Student 001"]
    assert rows_of(people, "attention=1") == ["classmate", "student"]
    assert rows_of(people, "state=error") == ["classmate"]


def _record(people: People) -> Any:
    upload = hand_in(people, "student")
    return result(upload).submission


def test_rows_are_searched_filtered_and_sorted(people: People) -> None:
    """By words of name or login, by section, by what is late or corrected; by points."""
    add_students(people, 6)
    first = people.assignment.course.members.get(name="Student 000")
    people.assignment.corrections.create(member=first, sha256=f"member-{first.pk}", comment="Good.")

    assert rows_of(people, "q=s4") == ["Student 004"]
    assert rows_of(people, "section=S1") == ["Student 001", "Student 004"]
    assert rows_of(people, "corrected=1") == ["Student 000"]
    assert rows_of(people, "state=none") == ["classmate", "student"]
    assert rows_of(people, "order=highest")[0] == "Student 005"


def test_who_is_late_is_marked_unless_staff_said_otherwise(people: People) -> None:
    """Also where lateness costs nothing; days that staff gave go before the times."""
    from django.utils import timezone

    for name in ("student", "classmate"):
        graded(people, name)
    type(people.assignment).objects.update(due=timezone.now() - timedelta(hours=1))
    correct(people, "student", days_late="0")

    assert rows_of(people, "late=1") == ["classmate"]


def test_the_table_is_quick_for_a_large_course(people: People) -> None:
    """As many queries for 120 people with five attempts each as for one, and 50 rows a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    type(people.assignment).objects.update(attempts=3)
    client = people.client("grader")

    def shown() -> tuple[str, int]:
        client.get(TINY)
        with CaptureQueriesContext(connection) as queries:
            return text(client.get(TINY)), len(queries)

    graded(people, "student")
    _, few = shown()
    add_students(people, 120, attempts=5)
    page, many = shown()

    assert page.count('<th scope="row">') == 50
    assert few == many <= 16
    assert "Page 1 of 3" in page


# --- One person ---


def test_a_correction_counts_and_the_student_reads_it(people: People) -> None:
    """Points and comment of staff are the grade, on staff's page and in the student's report."""
    upload = graded(people, "student", 0.0)

    assert correct(people, "student", "scale", points="3", comment="Right idea.").status_code == 302

    assert "5 of 6 points" in text(people.client("grader").get(person(people, "student")))
    report = text(people.client("student").get(f"/uploads/{upload.pk}/report"))
    assert "Your instructor on Scale: Right idea." in report
    made = people.assignment.corrections.get()
    assert (made.by.username, made.sha256, made.exercise) == ("grader", upload.sha256, "scale")
    assert "corrected" in actions(people)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"exercise": "scale", "points": "9"}, "9 points are more than the 4 that there are"),
        ({"exercise": "scale", "excused": "1"}, "what only a whole submission can have"),
        ({}, "sets nothing"),
        ({"exercise": "other", "points": "1"}, "Select a valid choice"),
        ({"points": "nan"}, "Enter a number"),
    ],
)
def test_a_correction_fits_what_was_handed_in(people: People, fields: dict[str, str], rule: str) -> None:
    """What ``grader review`` refuses is refused here, and nothing is kept."""
    graded(people, "student")
    answer = correct(people, "student", **fields)

    assert answer.status_code == 422
    assert rule in text(answer)
    assert not people.assignment.corrections.exists()


def test_points_that_later_ones_replace_do_not_count(people: People) -> None:
    """The list says so, and no more once the later one is taken back."""
    graded(people, "student", 0.0)
    for points in ("5", "6"):
        correct(people, "student", points=points)
    client, address = people.client("grader"), person(people, "student")

    assert text(client.get(address)).count("no: a later correction sets the points") == 1
    client.post(f"{address}corrections/{people.assignment.corrections.latest('pk').pk}/take-back")
    assert "no: a later correction" not in text(client.get(address))


def test_a_correction_is_taken_back(people: People) -> None:
    """The grade is that of the checks again, and the record stays."""
    graded(people, "student", 0.0)
    correct(people, "student", points="6")
    pk = people.assignment.corrections.get().pk

    people.client("grader").post(f"{person(people, 'student')}corrections/{pk}/take-back")

    page = text(people.client("grader").get(person(people, "student")))
    assert "2 of 6 points" in page
    assert "no: taken back" in page


def test_corrections_of_an_earlier_attempt_are_applied_by_choice(people: People) -> None:
    """They do not count for the next attempt until staff says so."""
    graded(people, "student", 0.0)
    correct(people, "student", "scale", points="4")
    graded(people, "student", 0.0, content=notebook(*RIGHT, "1"))
    page = person(people, "student")

    assert "2 of 6 points" in text(people.client("grader").get(page))
    people.client("grader").post(f"{page}again")
    assert "6 of 6 points" in text(people.client("grader").get(page))


def test_who_handed_in_nothing_is_excused(people: People) -> None:
    """A whole that was never handed in can be excused and graded like any other."""
    assert correct(people, "student", excused="1").status_code == 302

    assert "No grade: excused" in text(people.client("grader").get(person(people, "student")))


def test_a_fault_of_ours_is_no_zero(people: People) -> None:
    """An attempt that could not be graded has no points, instead of 0."""
    from grader.result import SubmissionStatus

    broken = hand_in(people, "student")
    publish(broken, replace(result(broken, 0.0), status=SubmissionStatus.ERROR, score=0.0, exercises=()))

    assert '<td class="number">–</td>' in text(people.client("grader").get(person(people, "student")))  # noqa: RUF001


def test_an_attempt_is_graded_again_once(people: People) -> None:
    """It is in the queue as the next version; while it is, a second click does nothing."""
    upload = graded(people, "student")
    client, again = people.client("grader"), f"/uploads/{upload.pk}/grade-again"

    client.post(again)
    assert "still to be graded" in text(client.post(again, follow=True))

    upload.refresh_from_db()
    assert (upload.version, upload.state) == (2, "accepted")
    assert actions(people).count("graded again") == 1


def test_the_review_leads_to_attempts_and_neighbours(people: People) -> None:
    """From there one gets to the form, to other attempts, to the next review."""
    first = graded(people, "student", 1.0)
    second = graded(people, "student")
    beside = graded(people, "classmate")
    page = text(people.client("grader").get(f"/uploads/{second.pk}/review"))

    assert f'<a href="/uploads/{first.pk}/review">Attempt 1</a>' in page
    assert f'<a href="{person(people, "student")}">Correct</a>' in page
    assert f'<a href="/uploads/{beside.pk}/review">Before: classmate</a>' in page


def test_the_overview_and_similar_answers_lead_to_people(people: People) -> None:
    """Their links are the service's own."""
    for name in ("student", "classmate"):
        graded(people, name, 0.0)
    client = people.client("grader")

    for page in ("overview", "similar"):
        shown = text(client.get(f"{TINY}{page}"))
        assert f'href="{person(people, "student")}"' in shown
        assert ".html" not in shown


# --- What students control ---


@pytest.mark.parametrize("name", ["mine.ipynb", "a\r\nX-Evil: 1.ipynb", 'a"; filename="b.html', "ä\u202efdp.ipynb"])
def test_a_notebook_is_sent_as_it_was_handed_in(people: People, name: str) -> None:
    """It is kept and never shown by a browser, whatever its name."""
    upload = graded(people, "student", content=b'{"cells": []}', file_name=name)
    answer = people.client("grader").get(f"/uploads/{upload.pk}/notebook")

    assert b"".join(answer.streaming_content) == b'{"cells": []}'
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_no_page_for_staff_runs_what_a_student_wrote(people: People) -> None:
    """Names, file names, code and messages are text everywhere."""
    member = people.member("student")
    for field in ("name", "login", "number", "email", "section"):
        setattr(member, field, HOSTILE[: member._meta.get_field(field).max_length])
    member.save()
    exercises = tuple(
        replace(e, message=HOSTILE, remarks=(HOSTILE,)) for e in result(hand_in(people, "student")).exercises
    )
    upload = graded(
        people, "student", file_name=f"{HOSTILE}.ipynb", changes={"exercises": exercises, "message": HOSTILE}
    )
    correct(people, "student", comment=HOSTILE)
    pages = ["", "overview", "similar", "extensions", f"people/{member.pk}/", "?attention=1"]
    client = people.client("instructor")
    people.assignment.extensions.create(member=member, days=1)

    shown = [text(client.get(f"{TINY}{page}")) for page in pages]
    shown += [
        text(client.get(a)) for a in (f"{COURSE}roster", f"{COURSE}roster/{member.pk}/", f"/uploads/{upload.pk}/review")
    ]

    assert not [page for page in shown if HOSTILE in page]
    assert all("alert(1)" in page for page in shown[:2] + shown[-3:])
