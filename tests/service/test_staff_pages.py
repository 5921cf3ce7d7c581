"""What staff does by pages: terms, roster, corrections, the table of submissions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .conftest import RIGHT, People, notebook
from .results import graded, hand_in, publish, result

COURSE, TINY = "/staff/first/", "/staff/first/tiny/"
TERMS = {
    "title": "Tiny", "opens": "", "due": "2026-12-01T23:59", "zone": "Europe/Berlin", "attempts": "3", "cooldown_s": "",
    "late_per_day": "10", "late_of": "possible", "late_cap": "50", "grace_minutes": "5", "cutoff_days": "7",
    "hidden_verdicts": "never",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script>"


def text(answer: Any) -> str:
    """Return what an answer says."""
    return str(answer.content.decode())


def person(people: People, name: str) -> str:
    """Return the address of somebody's page in the assignment."""
    return f"{TINY}people/{people.member(name).pk}/"


def correct(people: People, name: str, exercise: str = "", check: str = "", **fields: Any) -> Any:
    """Correct something as the grader does."""
    import json

    given = {"target": json.dumps([exercise, check]), **fields}
    return people.client("grader").post(person(people, name), given)


def actions(people: People) -> list[str]:
    """Return what the log of writes holds."""
    from grader.service.models import AuditEntry

    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# --- A course and its terms ---


def test_the_course_counts_people_not_attempts(people: People) -> None:
    """Handed in, waiting and our errors are counted by the latest attempt of each."""
    graded(people, "student")
    hand_in(people, "student")
    broken = hand_in(people, "classmate")
    from grader.result import SubmissionStatus

    publish(broken, replace(result(broken), status=SubmissionStatus.ERROR, exercises=()))

    page = text(people.client("grader").get(COURSE))

    assert page.count('<td class="number">2</td><td class="number">1</td>') == 1
    assert '<a href="/staff/first/tiny/?state=error">1</a>' in page


def test_terms_are_changed_in_the_zone_that_was_chosen(people: People) -> None:
    """A deadline is read in its zone, and shown in it again."""
    files = people.assignment.files_id
    client = people.client("instructor")

    assert client.post(f"{TINY}terms", TERMS | {"approved": files}).status_code == 302

    people.assignment.refresh_from_db()
    assert people.assignment.due.isoformat() == "2026-12-01T22:59:00+00:00"
    assert (people.assignment.late_cap, people.assignment.attempts) == (50, 3)
    assert 'value="2026-12-01T23:59"' in text(client.get(f"{TINY}terms"))
    assert actions(people) == ["changed terms"]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"late_per_day": "200"}, "must be a number from 0 to 100"),
        ({"attempts": "0"}, "must be a whole number from 1 to"),
        ({"opens": "2027-01-01T00:00"}, "It would open after its deadline"),
        ({"due": "soon"}, "Enter a valid date/time"),
    ],
)
def test_terms_break_no_rule(people: People, wrong: dict[str, str], rule: str) -> None:
    """What a course's file may not say, the form may not either, and nothing is changed."""
    given = TERMS | {"approved": people.assignment.files_id} | wrong
    answer = people.client("instructor").post(f"{TINY}terms", given)

    assert answer.status_code == 422
    assert rule in text(answer)
    people.assignment.refresh_from_db()
    assert people.assignment.attempts is None


def test_only_approved_files_are_put_into_a_course(people: People) -> None:
    """Files whose approval was withdrawn cannot be chosen, and a name is given once."""
    from django.utils import timezone

    from grader.service.models import ApprovedAssignment

    gone = ApprovedAssignment.objects.create(
        slug="x", path="/x", digest="0" * 64, title="X", max_score=1, withdrawn=timezone.now()
    )
    client, new = people.client("instructor"), f"{COURSE}assignments/new"
    given = TERMS | {"approved": people.assignment.files_id, "slug": "second"}

    assert client.post(new, given | {"approved": gone.pk}).status_code == 422
    assert "choose another one" in text(client.post(new, given | {"slug": "tiny"}))
    assert client.post(new, given).status_code == 302
    assert people.assignment.course.assignments.filter(slug="second").count() == 1


def test_other_files_leave_grades_until_they_are_given_again(people: People) -> None:
    """Whoever chooses other files is told so."""
    from grader.service.models import ApprovedAssignment

    other = ApprovedAssignment.objects.create(slug="tiny", path="/x", digest="0" * 64, title="Tiny", max_score=6)
    client, given = people.client("instructor"), TERMS | {"approved": other.pk}

    assert "keeps the grades" in text(client.post(f"{TINY}terms", given, follow=True))
    assert "keeps the grades" not in text(client.post(f"{TINY}terms", given, follow=True))


def test_an_extension_counts_at_once(people: People) -> None:
    """A late submission of who has more time costs nothing; taking it back costs again."""
    from django.utils import timezone

    graded(people, "student")
    people.assignment.due = timezone.now() - timedelta(hours=30)
    people.assignment.late_per_day = 10
    people.assignment.save()
    client = people.client("instructor")

    def points() -> bool:
        return "4.8 of 6 points" in text(client.get(person(people, "student")))

    assert points()
    given = {"member": people.member("student").pk, "days": "3", "zone": "UTC"}
    assert client.post(f"{TINY}extensions", given).status_code == 302
    assert not points()
    assert "extends nothing" in text(client.post(f"{TINY}extensions", given | {"days": ""}))
    client.post(f"{TINY}extensions/{people.assignment.extensions.get().pk}/remove")
    assert points()
    assert actions(people) == ["gave an extension", "took an extension back"]


# --- The roster ---


def test_a_platforms_roster_is_added_once(people: People) -> None:
    """Who is in the course is updated; nobody is added twice or removed."""
    client, course = people.client("instructor"), people.assignment.course
    rows = 'Student,ID,SIS Login ID\n"student",4711,student\n"Doe, Jane",4712,jdoe\n"Roe, Rita",4713,rroe\n'

    for _ in range(2):
        file = SimpleUploadedFile("roster.csv", rows.encode())
        said = text(client.post(f"{COURSE}roster/file", {"roster": file}, follow=True))

    assert "0 people added, 0 changed, 3 as before." in said
    assert "1 student of the course is not in the file and stays: classmate." in said
    assert course.members.filter(login="student", number="4711").count() == 1
    assert course.members.count() == 6
    assert course.members.get(login="jdoe").role == "student"


def test_a_file_that_is_no_roster_says_why(people: People) -> None:
    """The reader's own sentence is shown, without a path of this machine."""
    file = SimpleUploadedFile("roster.csv", b"PK\x03\x04")
    said = text(people.client("instructor").post(f"{COURSE}roster/file", {"roster": file}, follow=True))

    assert "The file" in said
    assert "/tmp" not in said


def test_two_members_do_not_share_a_login(people: People) -> None:
    """The form says so instead of failing."""
    answer = people.client("instructor").post(
        f"{COURSE}roster/new", {"name": "X", "login": "student", "role": "student"}
    )

    assert answer.status_code == 422
    assert "has this login" in text(answer)


def test_nobody_takes_their_own_access_away(people: People) -> None:
    """An instructor who does would leave a course that nobody can change."""
    own = people.member("instructor")
    given = {"name": "instructor", "login": "instructor", "role": "student", "active": "1"}

    assert people.client("instructor").post(f"{COURSE}roster/{own.pk}/", given).status_code == 422


def test_a_link_is_shown_once(people: People) -> None:
    """The answer has it, and is not to be stored; the log has no secret."""
    from grader.service.models import AuditEntry

    member = people.member("student")
    member.account.memberships.exclude(pk=member.pk).delete()
    answer = people.client("instructor").post(f"{COURSE}roster/{member.pk}/invite")

    assert "/sign-in/" in text(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditEntry.objects.get(action="invited").details == {}


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
    """As many queries for 500 people with five attempts each as for few, and 50 rows a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    add_students(people, 120, attempts=5)
    type(people.assignment).objects.update(attempts=3)
    client = people.client("grader")
    client.get(TINY)
    with CaptureQueriesContext(connection) as queries:
        page = text(client.get(TINY))

    assert page.count('<th scope="row">') == 50
    assert len(queries) <= 16
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
