"""A write and its entry in the audit log are both there, or neither."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .api_client import with_token
from .conftest import RIGHT, People, notebook
from .results import graded

Fields = dict[str, Any]
COURSE, TINY = "/staff/first", "/staff/first/tiny"
ROSTER = "Name,Username\nNew Person,newp\n"
TERMS = {"title": "Tiny", "late_per_day": "0", "late_of": "possible", "late_cap": "100", "grace_minutes": "0",
         "hidden_verdicts": "at once", "zone": "UTC"}  # fmt: skip


def zip_file() -> SimpleUploadedFile:
    """Return what is named like a platform's zip."""
    return SimpleUploadedFile("all.zip", b"PK\5\6" + bytes(18), "application/zip")


WRITES: dict[str, tuple[str, str, Callable[[Fields], Fields]]] = {
    "hand in": ("student", "/courses/first/tiny/hand-in",
                lambda _: {"notebook": SimpleUploadedFile("a.ipynb", notebook(*RIGHT))}),
    "hand in by the API": ("student", "/api/v1/submissions",
                           lambda _: {"course": "first", "assignment": "tiny",
                                      "notebook": SimpleUploadedFile("a.ipynb", notebook(*RIGHT))}),
    "batch": ("instructor", f"{TINY}/tasks/batch", lambda _: {"zip": zip_file()}),
    "batch by the API": ("instructor", "/api/v1/courses/first/assignments/tiny/batches", lambda _: {"zip": zip_file()}),
    "regrade": ("instructor", f"{TINY}/tasks/regrade", lambda _: {"choice": "all"}),
    "validation": ("instructor", f"{TINY}/validation", lambda _: {}),
    "correct": ("grader", f"{TINY}/people/{{member}}/", lambda _: {"target": '["", ""]', "points": "3"}),
    "take back": ("grader", f"{TINY}/people/{{member}}/corrections/{{correction}}/take-back", lambda _: {}),
    "grade again": ("grader", "/uploads/{upload}/grade-again", lambda _: {}),
    "new assignment": ("instructor", f"{COURSE}/assignments/new",
                       lambda made: {**TERMS, "slug": "more", "approved": made["files"]}),
    "terms": ("instructor", f"{TINY}/terms", lambda made: {**TERMS, "title": "Other", "approved": made["files"]}),
    "extension": ("instructor", f"{TINY}/extensions",
                  lambda made: {"member": made["member"], "attempts": "3", "days": "0", "zone": "UTC"}),
    "no extension": ("instructor", f"{TINY}/extensions/{{extension}}/remove", lambda _: {}),
    "roster": ("instructor", f"{COURSE}/roster/file",
               lambda _: {"roster": SimpleUploadedFile("roster.csv", ROSTER.encode())}),
    "new member": ("instructor", f"{COURSE}/roster/new", lambda _: {"name": "New", "role": "student", "active": "on"}),
    "invite": ("instructor", f"{COURSE}/roster/{{member}}/invite", lambda _: {}),
    "hook": ("instructor", f"{COURSE}/hooks", lambda _: {"url": "https://example.org/", "events": "submission.graded"}),
    "incoming hook": ("instructor", f"{COURSE}/hooks/in", lambda _: {"name": "Moodle"}),
    "new account": ("administrator", "/administration/accounts/make", lambda _: {"username": "new"}),
    "link": ("administrator", "/administration/accounts/{account}/link", lambda _: {}),
    "deactivate": ("administrator", "/administration/accounts/{account}/active", lambda _: {}),
    "forget": ("administrator", "/administration/accounts/{account}/forget", lambda _: {"username": "student"}),
    "new course": ("administrator", "/administration/courses",
                   lambda _: {"slug": "third", "title": "Third", "instructor": ""}),
    "change course": ("administrator", "/administration/courses/{course}/change", lambda _: {"title": "Other"}),
    "token": ("administrator", "/administration/tokens",
              lambda _: {"account": "student", "name": "new", "scope": ["read"], "course": "", "days": "7"}),
    "no token": ("administrator", "/administration/tokens/{token}/revoke", lambda _: {}),
    "withdraw": ("administrator", "/administration/assignments/{files}/withdraw", lambda _: {}),
    "all again": ("administrator", "/administration/again", lambda made: {"upload": made["upload"]}),
    "password": ("student", "/account/password",
                 lambda _: {"old_password": "pass word", "new_password1": "quite another 5", "new_password2":
                            "quite another 5"}),
    "end sessions": ("student", "/account/sign-out", lambda _: {}),
    "sign in": ("", "/sign-in", lambda _: {"username": "student", "password": "pass word"}),
}  # fmt: skip


def rows() -> dict[str, list[Any]]:
    """Return all rows of the service's tables."""
    from django.apps import apps

    models = apps.get_app_config("service").get_models()
    found = {m.__name__: list(m.objects.order_by("pk").values()) for m in models}
    for token in found["ApiToken"]:
        del token["last_used"]
    return found


@contextlib.contextmanager
def no_entries() -> Iterator[None]:
    """Let the database refuse every entry of the log."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER no_entries BEFORE INSERT ON service_auditentry BEGIN SELECT RAISE(ABORT, 'none'); END"
        )
        yield
        cursor.execute("DROP TRIGGER no_entries")


@pytest.fixture
def made(people: People) -> Fields:
    """What addresses and forms name: numbers of rows."""
    from grader.service.credentials import Scope, make_token
    from grader.service.models import ApiToken, Correction, DueExtension

    upload, member = graded(people, "student"), people.member("student")
    make_token(people.accounts["student"], "old", [Scope.READ])
    correction = Correction.objects.create(assignment=people.assignment, member=member, points=1)
    extension = DueExtension.objects.create(assignment=people.assignment, member=member, days=1)
    return {
        "upload": upload.pk, "member": member.pk, "correction": correction.pk, "extension": extension.pk,
        "files": people.assignment.files_id, "account": people.accounts["student"].pk,
        "course": people.assignment.course_id, "token": ApiToken.objects.get().pk,
    }  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_written_without_its_entry(people: People, made: Fields, name: str) -> None:
    """Where the entry cannot be written, nothing is; else both are."""
    who, address, form = WRITES[name]
    client, address, headers = people.client(who), address.format(**made), {}
    client.raise_request_exception = False
    if address.startswith("/api"):
        scopes = ("submit", "submit-for-others")
        headers = {"Authorization": f"Bearer {with_token(people, who, *scopes).text}"}
    before = rows()

    with no_entries():
        refused = client.post(address, form(made), headers=headers)

    assert refused.status_code in (500, 503)
    assert rows() == before
    taken = client.post(address, form(made), headers=headers)
    after = rows()
    assert taken.status_code < 400, taken.content.decode()
    assert after != before
    assert len(after["AuditEntry"]) == len(before["AuditEntry"]) + 1


def test_an_entry_alone_is_refused(people: People) -> None:
    """So that no write is added whose entry is not in its transaction."""
    from grader.service import audit

    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(None, "did something")
