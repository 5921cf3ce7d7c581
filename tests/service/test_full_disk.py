"""A disk without room: uploads are refused in one sentence, and nothing of them stays."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import People


@contextlib.contextmanager
def no_room_beyond(most_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond some bytes, as on a disk that is full then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def hand_in(people: People, how: str) -> Any:
    """Hand in by the page or the API a file that is larger than files may be.

    They may be as large as those of the database are by now, and a little more.
    """
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from grader.service.credentials import Scope, make_token

    most = max(file.stat().st_size for file in settings.DATA.glob("*.sqlite3*")) + (1 << 20)
    file = SimpleUploadedFile("mine.ipynb", b" " * (most + (1 << 20)))
    client = people.client("student")
    client.raise_request_exception = False
    if how == "page":
        address, headers, also = "/courses/first/tiny/hand-in", {}, {}
    else:
        token = make_token(people.accounts["student"], "test", [Scope.SUBMIT])
        address, headers = "/api/v1/submissions", {"Authorization": f"Bearer {token}"}
        also = {"course": "first", "assignment": "tiny"}
    with no_room_beyond(most):
        return client.post(address, {**also, "notebook": file}, headers=headers)


@pytest.mark.parametrize("how", ["page", "api"])
def test_an_upload_without_room_is_refused_and_leaves_nothing(people: People, how: str) -> None:
    """The answer is 507 with a sentence; there is no row, and no part of the file."""
    from django.conf import settings

    from grader.service.blob_store import blob_folder
    from grader.service.models import Upload

    before = {*blob_folder().iterdir()}, {*settings.FILE_UPLOAD_TEMP_DIR.iterdir()}

    answer = hand_in(people, how)

    assert answer.status_code == 507
    assert "nothing was stored" in answer.content.decode()
    assert not Upload.objects.exists()
    assert ({*blob_folder().iterdir()}, {*settings.FILE_UPLOAD_TEMP_DIR.iterdir()}) == before


def filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the settings ask for more free space than the disk has."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "min_free_mb", 1 << 40)


@pytest.mark.parametrize("how", ["page", "api", "json", "batch", "batch by api"])
def test_uploads_are_refused_before_the_disk_is_full(people: People, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept free is for the database and for grading what was taken; reading goes on."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from grader.service.blob_store import blob_folder
    from grader.service.credentials import Scope, make_token
    from grader.service.models import Task, Upload

    filled(monkeypatch)
    before = {*blob_folder().iterdir()}, {*settings.FILE_UPLOAD_TEMP_DIR.iterdir()}
    client = people.client("instructor" if "batch" in how else "student")
    client.raise_request_exception = False
    token = make_token(people.accounts["instructor"], "test", [Scope.SUBMIT, Scope.SUBMIT_FOR_OTHERS])
    own = {"course": "first", "assignment": "tiny", "member": "student"}
    mine, batch = SimpleUploadedFile("mine.ipynb", b"{}"), SimpleUploadedFile("all.zip", b"PK")
    address, data = {
        "page": ("/courses/first/tiny/hand-in", {"notebook": mine}),
        "api": ("/api/v1/submissions", {**own, "notebook": mine}),
        "json": ("/api/v1/submissions", {**own, "notebook": {}}),
        "batch": ("/staff/first/tiny/tasks/batch", {"zip": batch}),
        "batch by api": ("/api/v1/courses/first/assignments/tiny/batches", {"zip": batch}),
    }[how]
    kind = {"content_type": "application/json"} if how == "json" else {}
    headers = {"Authorization": f"Bearer {token}"} if address.startswith("/api") else {}

    answer = client.post(address, data, headers=headers, **kind)

    assert answer.status_code == 507
    assert "nothing was stored" in answer.content.decode()
    assert not Upload.objects.exists()
    assert not Task.objects.exists()
    assert ({*blob_folder().iterdir()}, {*settings.FILE_UPLOAD_TEMP_DIR.iterdir()}) == before
    assert client.get("/").status_code == 200


def test_who_watches_is_told_that_uploads_are_refused(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """By ``/readyz``, and by ``grader doctor --service`` with what to do."""
    from grader.service.self_check import findings

    assert people.client("").get("/readyz", SERVER_NAME="127.0.0.1").status_code == 200
    filled(monkeypatch)

    answer = people.client("").get("/readyz", SERVER_NAME="127.0.0.1")
    [disk] = [f for f in findings() if f.name == "disk"]

    assert (answer.status_code, "uploads are refused" in answer.content.decode()) == (503, True)
    assert (disk.good, disk.required) == (False, True)
    assert "min_free_mb" in disk.detail
