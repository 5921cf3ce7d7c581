"""What programs that watch the service are told."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import People

pytestmark = pytest.mark.usefixtures("database")


def get(path: str, **headers: str) -> Any:
    """Return the answer to somebody on this machine who is not signed in."""
    from django.test import Client

    return Client(headers=headers).get(path, SERVER_NAME="127.0.0.1")


def test_it_is_ready_without_workers_and_says_so() -> None:
    """Uploads are taken and wait."""
    answer = get("/readyz")

    assert (answer.status_code, answer.content) == (200, b"ok, but no worker answers: uploads wait\n")


def test_it_says_how_many_workers_answer() -> None:
    """Those count that gave a sign of life lately."""
    from django.utils import timezone

    from grader.service.models import WorkerHeartbeat

    now = timezone.now()
    for name, seen in {"lives": now, "died": now - timedelta(hours=1)}.items():
        WorkerHeartbeat.objects.create(name=name, machine="here", process=1, started=now, seen=seen)

    assert get("/readyz").content == b"ok, workers: 1\n"


def test_it_is_not_ready_where_uploads_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder that is gone takes no upload."""
    from grader.service.pages import health

    monkeypatch.setattr(health, "blob_folder", lambda: tmp_path / "gone")

    answer = get("/readyz")

    assert answer.status_code == 503
    assert b"folder of uploads" in answer.content


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"x-forwarded-for": "192.0.2.1"}, 404),
        ({"forwarded": "for=192.0.2.1"}, 404),
        ({"host": "grader.example.edu"}, 404),
    ],
)
def test_figures_are_for_this_machine(headers: dict[str, str], expected: int) -> None:
    """A request that a proxy forwards comes from elsewhere, whatever its peer is."""
    host = headers.pop("host", "127.0.0.1:8000")

    from django.test import Client

    assert Client(headers=headers).get("/metrics", HTTP_HOST=host).status_code == expected


def test_figures_are_for_a_token_with_their_scope(people: People) -> None:
    """Others may ask with an administrator's token that was made for it."""
    from grader.service.credentials import Scope, make_token

    answers = []
    for name, scope in [("administrator", Scope.METRICS), ("administrator", Scope.READ), ("student", Scope.METRICS)]:
        token = make_token(people.accounts[name], "watch", [scope])
        answers.append(
            get("/metrics", **{"authorization": f"Bearer {token}", "x-forwarded-for": "192.0.2.1"}).status_code
        )

    assert answers == [200, 404, 404]


def _figures() -> dict[str, float]:
    lines = get("/metrics").content.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_figures_tell_of_the_queue_and_of_results(people: People) -> None:
    """Depth, age, states, verdicts and durations are counted from the rows, each once."""
    from django.utils import timezone

    from grader.service.models import PublishedResult, State, Upload

    before, now = _figures(), timezone.now()
    for attempt, (state, age_s) in enumerate([(State.ACCEPTED, 50), (State.QUEUED, 90), (State.GRADED, 500)], 1):
        upload = Upload.objects.create(
            assignment=people.assignment, member=people.member("student"), attempt=attempt,
            file_name="a.ipynb", sha256="0", size=1, state=state,
        )  # fmt: skip
        Upload.objects.filter(pk=upload.pk).update(received=now - timedelta(seconds=age_s))
    PublishedResult.objects.create(
        upload=upload, version=1, status="graded", score=1, max_score=1, worker="w", document={"duration_s": 3.5}
    )
    PublishedResult.objects.update(graded=now - timedelta(seconds=480))
    after = [_figures(), _figures()][-1]

    assert after["grader_queue_depth"] == 2
    assert 90 <= after["grader_queue_oldest_seconds"] <= 90 + (timezone.now() - now).total_seconds()
    assert after['grader_submissions{state="graded"}'] == 1
    for name, more in {
        'grader_results_total{status="graded"}': 1, "grader_grading_seconds_sum": 3.5, "grader_wait_seconds_sum": 20
    }.items():  # fmt: skip
        assert after[name] - before.get(name, 0.0) == pytest.approx(more, abs=0.1)


def test_requests_are_counted_by_pattern(people: People) -> None:
    """No address is in a label: it may hold a secret."""
    people.client("student").get("/sign-in/zyxsecret")
    found = _figures()

    assert found['grader_http_requests_total{method="GET",route="sign-in/<str:secret>",status="200"}'] >= 1
    assert not any("zyxsecret" in name for name in found)


def test_an_error_is_logged_by_its_class_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of an error may quote what a student wrote."""
    from django.test import Client

    from grader.service.log_records import WithoutPersonalData
    from grader.service.pages import health

    def fail() -> object:
        raise ValueError("Zyxwvut Qarrgh")

    monkeypatch.setattr(health, "living_workers", fail)
    handler = logging.StreamHandler(text := io.StringIO())
    handler.setFormatter(WithoutPersonalData())
    for name in ("grader.service", "django.request"):
        logging.getLogger(name).addHandler(handler)
    try:
        answer = Client(raise_request_exception=False).get("/readyz")
    finally:
        for name in ("grader.service", "django.request"):
            logging.getLogger(name).removeHandler(handler)

    assert answer.status_code == 500
    assert '"error": "ValueError"' in text.getvalue()
    assert f'"request": "{answer["X-Request-ID"]}"' in text.getvalue()
    assert os.path.join("tests", "service", "test_watching.py") in text.getvalue()
    assert "Zyxwvut" not in text.getvalue()


_LOST = """
import sqlite3, sqlalchemy as sa
from grader.service.setup_django import setup_django
setup_django()
from grader.service.work.end_worker import ends_with_database
@ends_with_database
def write():
    raise sa.exc.OperationalError("UPDATE", {"error": "Zyxwvut"}, sqlite3.OperationalError("disk I/O error"))
write()
"""


def test_a_lost_database_is_told_without_what_was_written(tmp_path: Path) -> None:
    """The queue's library puts what it writes into its errors."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", _LOST], env=os.environ | {"GRADER_SERVICE_DATA": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 75
    assert "disk I/O error" in done.stderr
    assert "Zyxwvut" not in done.stderr
