"""Platforms hand in by signed events: each once, in order, of their own hosts alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook

from .api_client import encoded
from .conftest import RIGHT, WRONG, People, notebook
from .hook_receiver import HOST, Receiver, receiving
from .staff_client import actions, text

NOW = datetime.now(UTC).replace(microsecond=0)
MOODLE = "platform-token"


@pytest.fixture
def platform(people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A platform's server on loopback that gives the right notebook."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "allowed_private_hosts", [HOST])
    with receiving() as made:
        made.will_answer(200, notebook(*RIGHT))
        yield made


@dataclass
class Sender:
    """A platform that holds the secret of a hook of the first course."""

    url: str
    secret: str
    count: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, *, key: str = "", when: datetime = NOW, type_: str = "submission.created", **data: Any) -> Any:
        """Send an event, of the student's right notebook where not said otherwise."""
        given = {"assignment": "tiny", "member": "student", **data}
        if "url" not in given and "notebook" not in given:
            given["notebook"] = encoded(notebook(*RIGHT))
        body = json.dumps({"type": type_, "timestamp": when.isoformat(), "data": given}).encode()
        return self.post(body, self.signed(body, key))

    def signed(self, body: bytes, key: str = "", sent: datetime | None = None) -> dict[str, str]:
        """Return the headers of a body, with an id of their own where not said."""
        self.count += 1
        key, sent = key or f"event-{self.count}", sent or datetime.now(UTC)
        signature = Webhook(self.secret).sign(key, sent, body.decode())
        stamp = str(int(sent.timestamp()))
        return {"webhook-id": key, "webhook-timestamp": stamp, "webhook-signature": signature}

    def post(self, body: bytes, headers: dict[str, str]) -> Any:
        """Send a body with these headers."""
        from django.test import Client

        return Client(raise_request_exception=False).post(self.url, body, "application/json", headers=headers)


@pytest.fixture
def sender(people: People, platform: Receiver) -> Sender:
    """A hook that the instructor made, which fetches from the platform."""
    given = {"name": "Moodle", "hosts": platform.place, "platform_token": MOODLE}
    answer = people.client("instructor").post("/staff/first/hooks/in", given)
    assert answer.status_code == 200, text(answer)
    address, secret = re.findall(r"<code(?: class=\"secret\")?>([^<]*)</code>", text(answer))
    return Sender(urlsplit(address).path, secret)


def uploads() -> list[Any]:
    """Return what was handed in, oldest first."""
    from grader.service.models import Upload

    return list(Upload.objects.order_by("received"))


def test_a_posted_notebook_is_handed_in(people: People, sender: Sender) -> None:
    """For its member, by the platform's time, and written down."""
    answer = sender.send(file_name="mine.ipynb")

    assert answer.status_code == 202, answer.content
    [made] = uploads()
    assert answer.json()["id"] == str(made.pk)
    assert (made.member, made.file_name, made.state) == (people.member("student"), "mine.ipynb", "accepted")
    assert made.platform["submitted"] == NOW.isoformat()
    assert actions(people) == ["made an incoming hook", "uploaded"]


def test_a_named_file_is_fetched_with_the_platforms_token(people: People, sender: Sender, platform: Receiver) -> None:
    """From the platform's host."""
    answer = sender.send(url=f"{platform.url}/files/7")

    assert answer.status_code == 202, answer.content
    [(path, headers, _)] = platform.came
    assert (path, headers["authorization"]) == ("/files/7", f"Bearer {MOODLE}")
    assert uploads()[0].size == len(notebook(*RIGHT))


def test_an_event_that_comes_again_is_handed_in_once(people: People, sender: Sender, platform: Receiver) -> None:
    """It gets the same answer, and nothing is fetched for it."""
    answers = [sender.send(key="one", url=f"{platform.url}/files/7") for _ in range(2)]

    assert [a.status_code for a in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (len(uploads()), len(platform.came)) == (1, 1)


def test_other_events_are_not_needed(people: People, sender: Sender) -> None:
    """The sender need not choose, and does not send them again."""
    assert sender.send(type_="course.updated").status_code == 200
    assert uploads() == []


def _no_signature(sender: Sender, body: bytes) -> dict[str, str]:
    return {}


def _other_body(sender: Sender, body: bytes) -> dict[str, str]:
    return sender.signed(body + b" ")


def _other_secret(sender: Sender, body: bytes) -> dict[str, str]:
    return Sender("", "whsec_" + encoded(b"a" * 32)).signed(body)


def _old(sender: Sender, body: bytes) -> dict[str, str]:
    return sender.signed(body, sent=datetime.now(UTC) - timedelta(minutes=6))


def _early(sender: Sender, body: bytes) -> dict[str, str]:
    return sender.signed(body, sent=datetime.now(UTC) + timedelta(minutes=6))


def _other_id(sender: Sender, body: bytes) -> dict[str, str]:
    return sender.signed(body) | {"webhook-id": "another"}


def _with(**changes: str) -> Any:
    return lambda sender, body: sender.signed(body) | {n.replace("_", "-"): v for n, v in changes.items()}


WRONG_HEADERS = [
    _no_signature, _other_body, _other_secret, _old, _early, _other_id,
    _with(webhook_signature="v1,AAAA"), _with(webhook_signature="v1"), _with(webhook_signature="v1,é"),
    _with(webhook_timestamp="nan"), _with(webhook_timestamp="9" * 400), _with(webhook_timestamp="soon"),
    _with(webhook_id="a" * 201),
]  # fmt: skip


def test_what_is_not_rightly_signed_is_refused(
    people: People, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """401, one record without anything of it, and nothing is stored."""
    data = {"assignment": "tiny", "member": "student", "notebook": encoded(notebook(*RIGHT))}
    body = json.dumps({"type": "submission.created", "timestamp": NOW.isoformat(), "data": data}).encode()
    for headers in WRONG_HEADERS:
        assert refused(sender.post(body, headers(sender, body)), caplog) == (401, "signature"), headers
    assert uploads() == []


def refused(answer: Any, caplog: pytest.LogCaptureFixture) -> tuple[int, str]:
    """Return status and code of a refusal, which one record says too."""
    said = (int(answer.status_code), str(answer.json()["code"]))
    records = [r for r in caplog.records if r.name == "grader.service.api.hook_endpoint"]
    assert [(r.status, r.code) for r in records] == [said]  # type: ignore[attr-defined]
    caplog.clear()
    return said


def test_an_unknown_hook_is_refused_as_a_wrong_signature(
    people: People, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody learns which there are."""
    sender.url = "/api/v1/hooks/00000000-0000-0000-0000-000000000007"

    assert refused(sender.send(), caplog) == (401, "signature")


def test_an_ended_hook_takes_nothing(people: People, sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    """An instructor ends it; the platform's token is forgotten then."""
    from grader.service.models import IncomingHook

    hook = IncomingHook.objects.get()
    people.client("instructor").post(f"/staff/first/hooks/in/{hook.pk}/end")

    assert refused(sender.send(), caplog) == (401, "signature")
    hook.refresh_from_db()
    assert hook.platform_token == ""


def test_a_hook_has_the_rights_of_who_made_it(people: People, sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    """When they leave the course it hands in no more."""
    people.assignment.course.members.filter(account=people.accounts["instructor"]).update(active=False)

    answer = sender.send()

    assert (answer.status_code, uploads()) == (404, [])


def test_an_older_event_that_comes_later_is_not_graded(
    people: People, sender: Sender, platform: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """The later submission counts, and nothing is fetched for the older one."""
    sender.send(notebook=encoded(notebook(*WRONG)))

    older = NOW - timedelta(minutes=1)
    assert refused(sender.send(when=older, url=f"{platform.url}/files/7"), caplog) == (409, "older")
    assert (len(uploads()), platform.came) == (1, [])
    assert sender.send(when=older, member="classmate").status_code == 202


OTHER_HOSTS = {
    "https://evil.example/a.ipynb": (422, "file-host"),
    "https://{place}@evil.example/a.ipynb": (422, "file-host"),
    "https://{place}\\@evil.example/a.ipynb": (422, "file-host"),
    "https://evil.example#{place}/a.ipynb": (422, "file-host"),
    "https://127.0.0.1/a.ipynb": (422, "file-host"),
    "http://[{place}/a.ipynb": (422, "file-host"),
    "file:///etc/passwd": (422, "file-host"),
    "ftp://{place}/a.ipynb": (502, "no-file"),
    "https://{place}/a.ipynb": (502, "no-file"),
}


def test_a_file_on_another_host_is_not_fetched(
    people: People, sender: Sender, platform: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """However its address is written; nothing is asked of anybody."""
    for url, said in OTHER_HOSTS.items():
        assert refused(sender.send(url=url.format(place=platform.place)), caplog) == said, url
    assert (uploads(), platform.came) == ([], [])


def test_what_the_platform_does_not_give_can_come_later(
    people: People, sender: Sender, platform: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """The event was not taken, so that sending it again hands it in."""
    for status in (302, 404, 500):
        platform.will_answer(status, b"<html>", Location="http://127.0.0.1:1/")
        assert refused(sender.send(key="one", url=f"{platform.url}/files/7"), caplog) == (502, "no-file")
    assert uploads() == []
    platform.will_answer(200, notebook(*RIGHT))

    assert sender.send(key="one", url=f"{platform.url}/files/7").status_code == 202


def test_a_large_notebook_is_refused(
    people: People, sender: Sender, platform: Receiver, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Posted or fetched, one byte above the limit of uploads."""
    from grader.service.config import ServiceConfig

    large = b"{" + b" " * 1000
    monkeypatch.setattr(ServiceConfig, "upload_limit", 1000)
    platform.will_answer(200, large)
    for data in ({"notebook": encoded(large)}, {"url": f"{platform.url}/files/7"}):
        assert refused(sender.send(**data), caplog) == (413, "too-large")
    assert uploads() == []


def test_a_large_event_is_refused_before_it_is_read(
    people: People, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its length alone; the request's own record says so."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "upload_mb", 1)

    assert sender.post(b"a" * (3 << 20), {}).status_code == 413


NO_SUBMISSIONS: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"member": "nobody"}, (404, "no-member")),
    ({"assignment": "other"}, (404, "not-found")),
    ({"notebook": "no base64"}, (422, "invalid")),
    ({"notebook": None}, (422, "invalid")),
    ({"url": "https://a", "notebook": encoded(b"{}")}, (422, "invalid")),
    ({"file_name": "../../a.ipynb"}, (422, "invalid")),
    ({"when": NOW + timedelta(days=1)}, (422, "timestamp")),
    ({"when": NOW.replace(tzinfo=None)}, (422, "invalid")),
]


def test_what_is_no_submission_is_refused(people: People, sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    """In a sentence, and nothing is stored."""
    for data, said in NO_SUBMISSIONS:
        assert refused(sender.send(**data), caplog) == said, data
    assert uploads() == []


def test_a_body_that_is_no_text_is_refused(people: People, sender: Sender) -> None:
    """Also where the signature could be right."""
    headers = sender.signed(b"{}")

    assert [sender.post(body, headers).status_code for body in (b"\xff\xfe", b"", b"[]")] == [401, 401, 401]
    assert sender.post(b"[]", sender.signed(b"[]")).status_code == 422
    assert sender.post(b"{", sender.signed(b"{")).status_code == 400
