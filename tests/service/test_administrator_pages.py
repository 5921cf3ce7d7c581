"""What administrators do on their pages, and that nobody else can."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from .conftest import People

GRADED = {"status": "error", "score": 0, "max_score": 1, "document": {"message": "the disk was full"}, "worker": "w"}


def _addresses() -> list[str]:
    return [
        f"/administration/{rest}"
        for rest in (
            "", "errors", "tasks", "again", "accounts", "accounts/make", "accounts/1/link", "accounts/1/active",
            "accounts/1/forget", "courses", "courses/1/change", "tokens",
            "tokens/1/revoke", "assignments", "assignments/approve", "assignments/1/withdraw", "assignments/1/courses",
            "audit",
        )
    ]  # fmt: skip


def actions() -> list[str]:
    """Return what the audit log says was done, oldest first."""
    from grader.service.models import AuditEntry

    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def upload(people: People, attempt: int = 1, **fields: Any) -> Any:
    """Return the row of something that the student handed in."""
    from grader.service.models import Upload

    return Upload.objects.create(
        assignment=people.assignment, member=people.member("student"), attempt=attempt,
        file_name="a.ipynb", sha256="0" * 64, size=1, **fields,
    )  # fmt: skip


def secret_in(answer: Any) -> str:
    """Return the secret that a page shows."""
    found = re.search(r'class="secret">([^<]+)<', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


@pytest.mark.usefixtures("database")
def test_every_address_of_administrators_is_tried() -> None:
    """The list above has each that there is."""
    from grader.service.pages.administrator_urls import ADMINISTRATOR_URLS

    known = {str(p.pattern).replace("<int:pk>", "1") for p in ADMINISTRATOR_URLS}

    assert {a.removeprefix("/") for a in _addresses()} == {a for a in known if a.startswith("administration")}


def test_nobody_else_finds_them(people: People) -> None:
    """Whoever is signed in gets 404 whatever they send; others are asked to sign in."""
    found = [
        (name, method, address)
        for name in ("student", "grader", "instructor", "stranger")
        for client in [people.client(name)]
        for address in _addresses()
        for method in ("get", "post", "put")
        if getattr(client, method)(address).status_code != 404
    ]

    assert found == []
    assert {people.client("").get(a).status_code for a in _addresses()} == {302}
    assert actions() == []


@pytest.mark.parametrize(
    "address", ["", "errors", "tasks", "accounts", "courses", "tokens", "assignments", "audit", "accounts/1/forget"]
)
def test_the_pages_show(people: People, address: str) -> None:
    """Each of them can be looked at, and is kept by nobody."""
    number = people.accounts["student"].pk
    answer = people.client("administrator").get(f"/administration/{address}".replace("/1/", f"/{number}/"))

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


def test_the_first_administrator_is_led_on(people: People) -> None:
    """Where there is no course yet the first page says what to do."""
    from grader.service.models import Course

    Course.objects.all().delete()
    page = people.client("administrator").get("/").content.decode()

    assert 'href="/administration/assignments"' in page
    assert 'href="/administration/courses"' in page


def test_an_account_is_made_with_a_link_that_opens_it(people: People) -> None:
    """The link is shown this once and signs in; there is no password anywhere."""
    from grader.service.models import Account

    answer = people.client("administrator").post(
        "/administration/accounts/make", {"username": "ada", "full_name": "Ada L", "administrator": "1"}
    )
    link = secret_in(answer)
    client = people.client("")
    client.post(link[link.index("/sign-in/") :])

    account = Account.objects.get(username="ada")
    assert account.is_superuser
    assert not account.has_usable_password()
    assert client.get("/administration/").status_code == 200
    assert actions() == ["made account", "signed in by link"]


@pytest.mark.parametrize("name", ["", "student", "a b", "<b>", "x" * 151])
def test_an_account_has_a_name_of_its_own(people: People, name: str) -> None:
    """What cannot be one is refused with a sentence."""
    from grader.service.models import Account

    before = Account.objects.count()
    answer = people.client("administrator").post("/administration/accounts/make", {"username": name}, follow=True)

    assert Account.objects.count() == before
    assert b'class="notice error"' in answer.content
    assert actions() == []


def test_deactivating_ends_sessions_links_and_tokens_at_once(people: People) -> None:
    """And activating the account brings none of them back."""
    from grader.service.credentials import Scope, find_token, make_link, make_token, use_link

    account = people.accounts["student"]
    client, admin = people.client("student"), people.client("administrator")
    link, token = make_link(account), make_token(account, "mine", [Scope.READ])

    admin.post(f"/administration/accounts/{account.pk}/active")
    after = client.get("/").status_code, use_link(link), find_token(token)
    admin.post(f"/administration/accounts/{account.pk}/active", {"active": "1"})

    assert after == (302, None, None)
    assert client.get("/").status_code == 302
    assert use_link(link) is None
    assert actions() == ["deactivated account", "activated account"]


def test_administrators_do_not_lock_themselves_out(people: People) -> None:
    """One's own account is another administrator's to end."""
    own = people.accounts["administrator"].pk
    client = people.client("administrator")
    client.post(f"/administration/accounts/{own}/active")
    client.post(f"/administration/accounts/{own}/forget", {"username": "administrator"})

    assert client.get("/administration/").status_code == 200
    assert actions() == []


def test_accounts_are_found_by_name(people: People) -> None:
    """A search looks at names for signing in, names and addresses."""
    page = people.client("administrator").get("/administration/accounts?q=other_gr").content.decode()

    assert "other_grader" in page
    assert "other_student" not in page


def test_a_course_is_made_with_its_first_instructor(people: People) -> None:
    """Who then finds it among theirs."""
    people.client("administrator").post(
        "/administration/courses", {"slug": "third", "title": "Third course", "instructor": "stranger"}
    )

    assert b"Third course" in people.client("stranger").get("/").content
    assert actions() == ["made course"]


@pytest.mark.parametrize(
    "sent",
    [
        {"slug": "first", "title": "Again"},
        {"slug": "a/b", "title": "Slash"},
        {"slug": "new", "title": " "},
        {"slug": "new", "title": "New", "instructor": "nobody"},
    ],
)
def test_a_course_that_cannot_be_is_refused(people: People, sent: dict[str, str]) -> None:
    """It says why, and makes nothing."""
    from grader.service.models import Course

    answer = people.client("administrator").post("/administration/courses", sent)

    assert Course.objects.count() == 2
    assert answer.status_code == 422
    assert b'class="fault"' in answer.content
    assert actions() == []


def test_a_token_is_shown_once_and_revoked(people: People) -> None:
    """It has the scopes that were chosen, and none after it was revoked."""
    from grader.service.credentials import find_token

    client = people.client("administrator")
    sent = {"account": "student", "name": "script", "scope": ["read", "submit"], "course": "first", "days": "30"}
    text = secret_in(client.post("/administration/tokens", sent))
    token = find_token(text)
    assert token
    listed = client.get("/administration/tokens").content.decode()
    client.post(f"/administration/tokens/{token.pk}/revoke")

    assert (token.scopes, token.course.slug, token.account.username) == (["read", "submit"], "first", "student")
    assert text not in listed
    assert find_token(text) is None
    assert actions() == ["made token", "revoked token"]


@pytest.mark.parametrize(
    "wrong", [{"account": "nobody"}, {"scope": []}, {"scope": ["all"]}, {"course": "none"}, {"days": "0"}, {"name": ""}]
)
def test_a_token_that_cannot_be_is_refused(people: People, wrong: dict[str, Any]) -> None:
    """The form says why, keeps what was typed, and tells what each scope is good for."""
    from grader.service.models import ApiToken

    sent = {"account": "student", "name": "script", "scope": ["read"], "course": "first", "days": "30"} | wrong
    answer = people.client("administrator").post("/administration/tokens", sent)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'class="fault"' in page
    assert f'value="{sent["account"]}"' in page
    assert "export: export grades" in page
    assert not ApiToken.objects.exists()


def test_an_assignment_is_approved_by_what_was_shown(people: People) -> None:
    """Withdrawn, and approved again, each in the log."""
    from grader.assignment import load_assignment
    from grader.service.models import ApprovedAssignment

    client, shown = people.client("administrator"), load_assignment("transformer_interp")
    page = client.get("/administration/assignments").content.decode()
    client.post("/administration/assignments/approve", {"slug": "transformer_interp", "digest": "other"})
    refused = ApprovedAssignment.objects.filter(slug="transformer_interp").count()
    client.post("/administration/assignments/approve", {"slug": "transformer_interp", "digest": shown.digest})
    row = ApprovedAssignment.objects.get(slug="transformer_interp")
    client.post(f"/administration/assignments/{row.pk}/withdraw")
    row.refresh_from_db()

    assert shown.digest in page
    assert refused == 0
    assert row.digest == shown.digest
    assert row.withdrawn
    assert actions() == ["approved assignment", "withdrew approval"]


def test_the_queue_shows_what_waits_and_who_works(people: People) -> None:
    """A worker that is dead is said to be."""
    from django.utils import timezone

    from grader.service.models import State, WorkerHeartbeat

    now = timezone.now()
    waiting = upload(people, state=State.QUEUED, tries=3)
    for name, seen in {"works": now, "dead": now - timedelta(minutes=5)}.items():
        WorkerHeartbeat.objects.create(name=f"worker-{name}", machine="m", process=1, started=now, seen=seen)
    page = people.client("administrator").get("/administration/").content.decode()

    assert str(waiting.pk)[:8] in page
    assert page.count("does not answer") == 1


def test_tasks_of_staff_are_told_in_words(people: People) -> None:
    """Those that the course's own page has, which are not those of a submission."""
    from grader.service.models import Task

    Task.objects.create(kind="apply-regrade", assignment=people.assignment)
    page = people.client("administrator").get("/administration/tasks").content.decode()

    assert "<td>Regrade</td>" in page
    assert "waiting for a worker" in page


def test_what_failed_is_graded_again(people: People) -> None:
    """With its reason before, as a new version with tries of its own after."""
    from grader.service.models import PublishedResult, State

    failed, graded = upload(people, state=State.ERROR, tries=5), upload(people, 2, state=State.GRADED)
    PublishedResult.objects.create(upload=failed, version=1, **GRADED)
    client = people.client("administrator")
    page = client.get("/administration/errors").content.decode()
    client.post("/administration/again", {"from": "errors"})
    failed.refresh_from_db()
    graded.refresh_from_db()

    assert "the disk was full" in page
    assert (failed.state, failed.version, failed.tries) == (State.ACCEPTED, 2, 0)
    assert (graded.state, graded.version) == (State.GRADED, 1)
    assert actions() == ["graded again"]


def test_the_audit_log_is_filtered(people: People) -> None:
    """By who, what, to what, course and days."""
    from grader.service.atomic_writes import atomic
    from grader.service.audit import record
    from grader.service.models import AuditEntry

    with atomic():
        for number in range(60):
            record(None, "uploaded", f"number-{number}", course=people.assignment.course)
        record(None, "made course", "third")
    client = people.client("administrator")

    def shown(query: str) -> int:
        return client.get(f"/administration/audit?{query}").content.decode().count('<th scope="row"')

    assert AuditEntry.objects.count() == 61
    assert [shown(q) for q in ("", "page=2", "action=made+course", "target=number-1", "course=first&page=2")] == [
        50, 11, 1, 11, 10
    ]  # fmt: skip
    assert [shown(q) for q in ("who=command", "who=nobody", "since=2020-01-01", "until=2020-01-01", "since=x")] == [
        50, 0, 50, 0, 50
    ]  # fmt: skip
