"""Staff keeps a course: its terms, extensions and roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .conftest import People
from .results import graded, hand_in, publish, result
from .staff_client import COURSE, TINY, actions, person, text

TERMS = {
    "title": "Tiny", "opens": "", "due": "2026-12-01T23:59", "zone": "Europe/Berlin", "attempts": "3", "cooldown_s": "",
    "late_per_day": "10", "late_of": "possible", "late_cap": "50", "grace_minutes": "5", "cutoff_days": "7",
    "hidden_verdicts": "never",
}  # fmt: skip


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


@pytest.mark.parametrize(
    ("due", "zone"),
    [("9999-12-31T23:59", "UTC"), ("9999-12-31T23:59", "America/Adak"), ("0001-01-01T00:00", "Asia/Tokyo")],
)
def test_a_deadline_is_in_a_year_of_a_calendar(people: People, due: str, zone: str) -> None:
    """Else the pages of everybody in the course break where something is reckoned from it."""
    fields = TERMS | {"approved": people.assignment.files_id, "due": due, "zone": zone, "grace_minutes": "5"}
    answer = people.client("instructor").post(f"{TINY}terms", fields | {"hidden_verdicts": "after the deadline"})

    assert answer.status_code == 422
    assert people.client("student").get("/").status_code == 200
