"""Everything of one person is deleted, and nothing of anybody else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError

from .conftest import RIGHT, People, notebook

MARK = "Zyxwvut"
NAMES = re.compile(MARK.encode(), re.IGNORECASE)


def _hand_in(people: People, name: str, content: bytes, **more: Any) -> Any:
    from grader.service.accept import accept

    return accept(people.assignment, people.member(name), f"{name}.ipynb", [content], by=people.accounts[name], **more)


def _fill(people: People) -> None:
    """Have somebody who is recognisable use everything that there is."""
    from grader.service import audit
    from grader.service.atomic_writes import atomic
    from grader.service.credentials import Scope, make_link, make_token
    from grader.service.models import AccountSession, Correction, DueExtension, Task
    from grader.service.work.approved import approved
    from grader.service.work.grading import publish
    from grader.worker import failed

    account, member = people.accounts["student"], people.member("student")
    account.username, account.full_name, account.email = f"{MARK}-login", f"{MARK} Person", f"{MARK}@example.edu"
    account.save()
    member.name, member.login, member.number = f"{MARK} Person", f"{MARK}-login", f"{MARK}-7"
    member.save()
    upload = _hand_in(people, "student", notebook(f"# {MARK}"), files=[(f"{MARK}.txt", [MARK.encode()])])
    upload.file_name = f"{MARK}.ipynb"
    upload.save()
    for version in (1, 2):
        result = failed(upload_submission(upload), approved(people.assignment.files), f"{MARK} failed")
        upload.version = version
        publish(upload, version, result, "worker")
    staff = people.accounts["instructor"]
    Correction.objects.create(assignment=people.assignment, member=member, by=staff, comment=f"Good, {MARK}")
    DueExtension.objects.create(assignment=people.assignment, member=member, days=1)
    make_link(account), make_token(account, f"of {MARK}", [Scope.READ])
    client = people.client("student")
    client.get("/", headers={"user-agent": f"Browser of {MARK}"})
    with atomic():
        audit.record(None, "invited", f"{MARK}-login", name=f"{MARK} Person")
        audit.record(client.get("/").wsgi_request, "uploaded", upload.pk)
    zip_blob = store(f"zip with {MARK}")
    Task.objects.create(
        kind="batch", assignment=people.assignment, by=staff, state="done", message=f"{MARK} was taken",
        given={"sha256": zip_blob, "name": f"{MARK}.zip"},
        found={"taken": 1, "unmatched": [
            {"name": f"{MARK} Person", "sha256": store(f"unmatched {MARK}")}, {"name": "Else", "sha256": store("else")}
        ]},
    )  # fmt: skip
    assert AccountSession.objects.filter(account=account).exists()


def upload_submission(upload: Any) -> Any:
    """Return the submission of an upload as a result names it."""
    from grader.submission import Submission

    member = upload.member
    return Submission("id", member.login, Path("/"), upload.file_name, upload.sha256, name=member.name)


def store(text: str) -> str:
    """Return the digest of bytes that are stored."""
    from grader.service.blob_store import store_blob

    return store_blob([text.encode()]).sha256


def _files_that_mention() -> list[str]:
    from django.conf import settings
    from django.db import connection

    connection.close()
    files = [p for p in settings.DATA.rglob("*") if p.is_file() and "static" not in p.parts]
    return [str(p.relative_to(settings.DATA)) for p in files if NAMES.search(p.read_bytes() + str(p).encode())]


def _rows_that_mention() -> list[str]:
    from django.apps import apps

    return [
        f"{model.__name__}: {row}"
        for model in apps.get_models()
        for row in model.objects.values()  # type: ignore[attr-defined] # every model has them
        if NAMES.search(str(row).encode())
    ]


def test_no_row_and_no_file_names_a_person_who_was_forgotten(people: People) -> None:
    """Database, its log and blobs are searched for a name that was everywhere before."""
    from grader.service.person_deletion import forget

    _fill(people)
    before = _files_that_mention(), _rows_that_mention()
    forget(f"{MARK}-login")

    assert any("blobs" in name for name in before[0])
    assert any(name.startswith("grader.sqlite3") for name in before[0])
    assert {row.partition(":")[0] for row in before[1]} >= {"Account", "Member", "Upload", "PublishedResult", "Task"}
    assert _rows_that_mention() == []
    assert _files_that_mention() == []


def test_what_was_done_stays_in_the_log_without_a_name(people: People) -> None:
    """Staff can still tell that there was an upload."""
    from grader.service.models import AuditEntry
    from grader.service.person_deletion import forget

    _fill(people)
    forget(f"{MARK}-login")

    assert list(AuditEntry.objects.order_by("pk").values_list("action", "who", "address")) == [
        ("invited", "command line", ""), ("uploaded", "", ""),
    ]  # fmt: skip


def test_others_keep_what_is_theirs(people: People) -> None:
    """The same bytes from a classmate, their rows, and what a batch still holds of others."""
    from grader.service.blob_store import blob_path
    from grader.service.models import Account, Member, Task, Upload
    from grader.service.person_deletion import forget

    _fill(people)
    same = notebook(*RIGHT)
    _hand_in(people, "student", same)
    theirs = _hand_in(people, "classmate", same)
    said = forget(f"{MARK}-login")
    task = Task.objects.get()

    assert (said.uploads, said.blobs) == (2, 4)
    assert list(Upload.objects.all()) == [theirs]
    assert blob_path(theirs.sha256).read_bytes() == same
    assert [u["name"] for u in task.found["unmatched"]] == ["Else"]
    assert blob_path(task.found["unmatched"][0]["sha256"]).exists()
    assert (Account.objects.count(), Member.objects.count()) == (8, 6)


def test_what_is_stored_again_meanwhile_is_kept(people: People) -> None:
    """A file that is newer than the person's is somebody's whose row is still to come."""
    from grader.service.blob_store import blob_path
    from grader.service.person_deletion import forget

    same = notebook(*RIGHT)
    _hand_in(people, "student", same)
    again = store(same.decode())
    forget("student")

    assert blob_path(again).exists()


def test_a_member_without_an_account_is_forgotten_by_login(people: People) -> None:
    """A roster may name somebody who never signed in."""
    from grader.service.models import Member, Role
    from grader.service.person_deletion import forget

    Member.objects.create(course=people.assignment.course, role=Role.STUDENT, name=f"{MARK} P", login=f"{MARK}-login")
    forget(f"{MARK}-login")

    assert _rows_that_mention() == []


@pytest.mark.parametrize(("name", "said"), [("nobody", "no account nobody"), ("administrator", "only administrator")])
def test_who_cannot_be_forgotten(people: People, name: str, said: str) -> None:
    """Nobody, and whoever administers alone: nothing is deleted."""
    from grader.service.models import Account
    from grader.service.person_deletion import forget

    before = Account.objects.count()
    with pytest.raises(UsageError, match=said):
        forget(name)

    assert Account.objects.count() == before


def test_what_is_graded_meanwhile_is_not_published(people: People) -> None:
    """A worker that has begun ends without a trace, and one that begins finds nothing."""
    from grader.service.models import PublishedResult
    from grader.service.person_deletion import forget
    from grader.service.work.approved import approved
    from grader.service.work.grading import GONE, grade_version, publish
    from grader.worker import failed

    upload = _hand_in(people, "student", notebook(*RIGHT))
    result = failed(upload_submission(upload), approved(people.assignment.files), "broke off")
    forget("student")

    assert publish(upload, 1, result, "worker") == GONE
    assert grade_version(upload.pk, 1, "worker") == GONE
    assert PublishedResult.objects.count() == 0


def test_what_a_platform_told_goes_too(people: People) -> None:
    """Name, address and the platform's own number of somebody who came by a launch."""
    from lti_tool.models import LtiRegistration, LtiUser

    from grader.service.person_deletion import forget

    registration = LtiRegistration.objects.create(issuer="https://lms.example", client_id="1")
    for name in ("student", "classmate"):
        LtiUser.objects.create(registration=registration, sub=name, name=name, auth_user=people.accounts[name])

    forget("student")

    assert [u.sub for u in LtiUser.objects.all()] == ["classmate"]
