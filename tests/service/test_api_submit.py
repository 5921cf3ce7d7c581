"""Handing in by the API: forms and JSON, for oneself and for others, once."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .api_client import PATH, ApiClient, encoded, with_token
from .conftest import RIGHT, People, notebook

NOTEBOOK = notebook(*RIGHT)


def send_form(client: ApiClient, name: str = "mine.ipynb", files: Any = (), **fields: Any) -> Any:
    """Hand in by a form."""
    data: dict[str, Any] = {"course": "first", "assignment": "tiny"} | fields
    data |= {"notebook": SimpleUploadedFile(name, NOTEBOOK), "files": [SimpleUploadedFile(*file) for file in files]}
    return client.client.post(f"{PATH}/submissions", data, headers={"Authorization": f"Bearer {client.text}"})


def stored(answer: Any) -> Any:
    """Return the row of what was handed in."""
    from grader.service.models import Upload

    assert answer.status_code == 202, answer.content
    return Upload.objects.get(pk=answer.json()["id"])


def bytes_of(row: Any) -> bytes:
    """Return what is stored of an upload or a file beside it."""
    from grader.service.blob_store import blob_path

    return blob_path(row.sha256).read_bytes()


def test_a_form_is_stored_and_answered(people: People) -> None:
    """The answer says what is needed to go on: id, digest, attempt, time, links, a sentence."""
    answer = send_form(with_token(people, "student"), files=[("data.csv", b"1,2")])

    upload, said = stored(answer), answer.json()
    assert bytes_of(upload) == NOTEBOOK
    assert [(f.name, bytes_of(f)) for f in upload.files.all()] == [("data.csv", b"1,2")]
    assert said["sha256"] == upload.sha256
    assert said["attempt"] == 1
    assert said["summary"] == "The notebook is stored and will be graded."
    assert said["links"]["status"].endswith(f"/api/v1/submissions/{upload.pk}")
    assert set(said) == {"id", "sha256", "attempt", "received", "links", "summary", "timestamp"}


@pytest.mark.parametrize("form", ["object", "base64"])
def test_json_is_stored(people: People, form: str) -> None:
    """A notebook comes as an object or in base64, files beside it by their paths."""
    given = json.loads(NOTEBOOK) if form == "object" else encoded(NOTEBOOK)

    upload = stored(with_token(people, "student").submit(notebook=given, files={"data/a.csv": encoded(b"1")}))

    assert json.loads(bytes_of(upload)) == json.loads(NOTEBOOK)
    assert [(f.name, bytes_of(f)) for f in upload.files.all()] == [("data/a.csv", b"1")]


def test_an_upload_is_in_the_audit_log(people: People) -> None:
    """With the token's name, and nothing of the student's."""
    from grader.service.models import AuditEntry

    upload = stored(with_token(people, "student").submit())

    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.token, entry.target) == ("uploaded", "a test", str(upload.pk))


def test_an_assignment_may_be_named_as_its_files_are(people: People) -> None:
    """A hook names an assignment as the command line does."""
    people.assignment.slug = "week-3"
    people.assignment.save()

    assert stored(with_token(people, "student").submit(assignment="tiny")).assignment == people.assignment


@pytest.mark.parametrize("known_by", ["login", "number", "email"])
def test_staff_hands_in_for_a_member(people: People, known_by: str) -> None:
    """What a learning platform's integration does, with what the platform knows of the person."""
    member = people.member("student")
    member.number, member.email = "4711", "Sam@example.edu"
    member.save()
    name = {"login": "student", "number": "4711", "email": "sam@EXAMPLE.edu"}[known_by]

    upload = stored(with_token(people, "instructor", "submit-for-others").submit(member=name))

    assert upload.member == member
    assert upload.by == people.accounts["instructor"]


@pytest.mark.parametrize(
    ("who", "scope", "member", "status"),
    [
        ("instructor", "submit", "student", 403),
        ("instructor", "submit-for-others", "", 403),
        ("student", "submit-for-others", "classmate", 404),
        ("other_instructor", "submit-for-others", "student", 404),
        ("instructor", "submit-for-others", "other_student", 404),
        ("instructor", "submit-for-others", "4711", 409),
        ("instructor", "read", "", 403),
        ("other_student", "submit", "", 404),
        ("stranger", "submit", "", 404),
        ("administrator", "submit", "", 403),
    ],
)
def test_others_hand_in_for_nobody(people: People, who: str, scope: str, member: str, status: int) -> None:
    """Scope and role both have to allow it, and a name has to be one person's."""
    from grader.service.models import Upload

    for name in ("student", "classmate"):
        found = people.member(name)
        found.number = "4711"
        found.save()

    answer = with_token(people, who, scope).submit(member=member)

    assert answer.status_code == status, answer.content
    assert not Upload.objects.exists()


def test_a_token_for_one_course_needs_no_name_of_it(people: People) -> None:
    """And it is good for no other course, even if the account is."""
    client = with_token(people, "administrator", "submit-for-others", course=people.assignment.course)

    assert stored(client.submit(course="", member="student")).assignment == people.assignment
    assert client.submit(course="second", member="other_student").status_code == 404
    assert with_token(people, "student").submit(course="").status_code == 422


def test_a_repeated_request_is_handed_in_once(people: People) -> None:
    """The same key with the same request gets the same answer, and one entry in the log."""
    from grader.service.models import AuditEntry, Upload

    client = with_token(people, "student")
    first, second = client.submit(key="k-1"), client.submit(key="k-1")

    assert first.status_code == 202
    assert first.json() == second.json()
    assert Upload.objects.count() == AuditEntry.objects.count() == 1


@pytest.mark.parametrize("change", [{"notebook": {}}, {"file_name": "b.ipynb"}, {"files": {"a": ""}}])
def test_a_key_is_for_one_request(people: People, change: dict[str, Any]) -> None:
    """The same key with another request is refused; another key is another attempt."""
    client = with_token(people, "student")
    client.submit(key="k-1")

    refused, other = client.submit(key="k-1", **change), client.submit(key="k-2", **change)

    assert (refused.status_code, refused.json()["code"]) == (422, "key-reused")
    assert other.json()["attempt"] == 2


def test_two_tokens_may_use_one_key(people: People) -> None:
    """A key is its token's."""
    answers = [with_token(people, name).submit(key="k-1") for name in ("student", "classmate")]

    assert len({answer.json()["id"] for answer in answers}) == 2


def test_keys_are_kept_for_a_day_at_least(people: People) -> None:
    """Those of two days ago are forgotten when the token brings another."""
    from datetime import timedelta

    from django.utils import timezone

    from grader.service.models import IdempotencyKey

    client = with_token(people, "student")
    for hours, key in ((25, "day"), (49, "two-days")):
        client.submit(key=key)
        IdempotencyKey.objects.filter(key=key).update(made=timezone.now() - timedelta(hours=hours))

    client.submit(key="new")

    assert {k.key for k in IdempotencyKey.objects.all()} == {"day", "new"}


DEEP = b'{"course": "first", "assignment": "tiny", "notebook": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001

HALF = b'--b\r\nContent-Disposition: form-data; name="notebook"; filename="a"\r\n\r\nhalf'


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"assignment": "tiny", "assignment": "tiny"}', "application/json", 400),
        (b'{"assignment": ' + b"1" * 5000 + b"}", "application/json", 400),
        (b'{"assignment": NaN}', "application/json", 400),
        (b'{"assignment": "\\ud800"}', "application/json", 422),
        (b'{"assignment": "t\\u0000"}', "application/json", 422),
        (b'{"course": "first", "assignment": "tiny", "notebook": "!"}', "application/json", 422),
        (b'{"course": "first", "assignment": "tiny", "notebook": {}, "more": 1}', "application/json", 422),
        (b"[" + b"1," * 1_000_001 + b"1]", "application/json", 413),
        (DEEP, "application/json", 400),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=b", 422),
        (HALF, "multipart/form-data; boundary=b", 422),
        (b"x", "multipart/form-data; boundary=\xe9", 400),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"x", "text/plain", 415),
        (b"x", "", 415),
        (zlib.compress(b"{}"), "application/json", 400),
    ],
)  # fmt: skip
def test_malformed_bodies_are_refused(people: People, body: bytes, kind: str, status: int) -> None:
    """Each with a sentence, a code and a time, and nothing is stored."""
    from grader.service.models import Upload

    answer = with_token(people, "student").post("/submissions", body, kind)

    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"summary", "code", "timestamp"}
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["../a", "/a", "a/../../b", "C:\\a", "a\\b", "C:/a", "~/.ssh/x", ".env", "a/.b", "a//b", "a/", "", "a\r\nX: y",
     "a\0b", "\u202ea", "a" * 201, " a", "ä" * 150],
)  # fmt: skip
def test_files_lie_beside_the_notebook(people: People, name: str) -> None:
    """A path that leads elsewhere, or is another one on some system, is refused."""
    answer = with_token(people, "student").submit(files={name: ""})

    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize("names", [("a.csv", "A.csv"), ("a", "a/b"), ("caf\u00e9", "cafe\u0301")])
def test_no_two_files_are_one(people: People, names: tuple[str, str]) -> None:
    """Names that are one on some file system are refused."""
    assert with_token(people, "student").submit(files=dict.fromkeys(names, "")).status_code == 422


def test_a_form_keeps_no_folders_of_names(people: People) -> None:
    """What a form calls a file is its last name, whatever stands before it."""
    answer = send_form(with_token(people, "student"), files=[("a.csv", b"")])
    body = (
        '--b\r\nContent-Disposition: form-data; name="assignment"\r\n\r\ntiny\r\n'
        '--b\r\nContent-Disposition: form-data; name="course"\r\n\r\nfirst\r\n'
        '--b\r\nContent-Disposition: form-data; name="notebook"; filename="../../up.ipynb"\r\n\r\n{}\r\n'
        "--b\r\nContent-Disposition: form-data; name=\"files\"; filename*=utf-8''..%5Cdown%0d%0aX.csv\r\n"
        "\r\n1\r\n--b--\r\n"
    )

    upload = stored(
        with_token(people, "student").post("/submissions", body.encode(), "multipart/form-data; boundary=b")
    )

    assert answer.status_code == 202
    assert upload.file_name == "up.ipynb"
    assert [f.name for f in upload.files.all()] == ["downX.csv"]


def test_what_is_too_large_is_not_read(people: People) -> None:
    """The whole by its length before anything is parsed, a notebook by its own size."""
    from django.conf import settings

    most = settings.CONFIG.upload_limit
    client = with_token(people, "student")

    whole = client.post("/submissions", b" " * (most + (2 << 20)), "application/json")
    one = client.submit(notebook={"a": "b" * most})

    assert [a.status_code for a in (whole, one)] == [413, 413]
    assert whole.json()["summary"] == one.json()["summary"] == "The upload is larger than the 25 MB that are allowed."


def test_a_body_of_unknown_length_is_refused(people: People) -> None:
    """It would be read as an empty one."""
    answer = with_token(people, "student").post("/submissions", b"{}", "application/json", Transfer_Encoding="chunked")

    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201, "\u00e9"])
def test_a_key_is_printable(people: People, key: str) -> None:
    """A key of other characters, or too long, is refused; none is none."""
    client = with_token(people, "student")
    answer = client.post("/submissions", b"{}", "application/json", Idempotency_Key=key)

    assert answer.status_code == 422


def blobs() -> int:
    """Return how many files are stored."""
    from grader.service.blob_store import blob_folder

    return len(list(blob_folder().iterdir()))


def test_files_beside_a_notebook_are_few(people: People) -> None:
    """Each waits for the disk: thousands of empty ones would hold a thread for long."""
    before = blobs()

    answer = with_token(people, "student").submit(files={f"f{n}.txt": encoded(bytes([n])) for n in range(21)})

    assert answer.status_code == 422
    assert blobs() == before


def test_a_key_that_is_known_stores_nothing_more(people: People) -> None:
    """Else who has used up all attempts could fill the disk with it."""
    client = with_token(people, "student")
    assert client.submit(key="once").status_code == 202
    before = blobs()

    answer = client.submit(key="once", notebook=encoded(b'{"cells": ["quite another one"]}'))

    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert blobs() == before
