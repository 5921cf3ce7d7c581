"""What a whole service does with what its clients send, and what it logs."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .conftest import RIGHT, WRONG, Service, make_service, notebook

AT_ONCE = 8
NAME = "Zyxwvut"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.exhaustive)])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose web server has four threads, on both databases."""
    url = request.getfixturevalue("postgresql").make_database("whole") if request.param == "postgresql" else ""
    made = make_service(tmp_path_factory.mktemp("whole") / "service", url, web_threads=4)
    made.start("--demo")
    yield made
    made.stop()


def test_an_upload_is_graded(service: Service) -> None:
    """A right notebook that is handed in gets all points."""
    result = service.graded(notebook(*RIGHT))

    assert result["state"] == "graded"
    assert result["score"] == result["max_score"]


def count(service: Service) -> int:
    """Return how many submissions there are."""
    answer = httpx.get(
        f"{service.url}/api/v1/submissions?limit=100", headers={"Authorization": f"Bearer {service.token}"}
    )
    return len(answer.json()["submissions"])


def at_once(service: Service, contents: list[bytes], key: str) -> list[httpx.Response]:
    """Hand notebooks in at the same time, with one key."""
    assert service.token
    ready = threading.Barrier(len(contents))

    def send(content: bytes) -> httpx.Response:
        ready.wait()
        return service.hand_in(content, **{"Idempotency-Key": key})

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(send, contents))


def test_one_request_that_comes_often_at_once_is_handed_in_once(service: Service) -> None:
    """All get the same answer."""
    before = count(service)

    answers = at_once(service, [notebook(*RIGHT)] * AT_ONCE, "same")

    assert [answer.status_code for answer in answers] == [202] * AT_ONCE, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert count(service) == before + 1


def test_of_two_requests_with_one_key_at_once_one_is_taken(service: Service) -> None:
    """The other is told that the key was used."""
    before = count(service)

    answers = at_once(service, [notebook(*RIGHT), notebook(*WRONG)] * (AT_ONCE // 2), "other")

    assert sorted(answer.status_code for answer in answers) == [202] * (AT_ONCE // 2) + [422] * (AT_ONCE // 2)
    assert count(service) == before + 1


def begun(service: Service, body: bytes, sent: int) -> socket.socket:
    """Return a connection on which an upload was begun."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=60)
    head = (
        f"POST /api/v1/submissions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {service.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode() + body[:sent])
    return connection


def test_slow_uploads_hold_up_no_others(service: Service) -> None:
    """While three of them stand still others are taken, and they themselves when they go on."""
    body = b'{"course": "demo", "assignment": "tiny", "notebook": {"cells": []}}'
    slow = [begun(service, body, 10) for _ in range(3)]

    others = [service.hand_in(notebook(*RIGHT)).status_code for _ in range(3)]
    for connection in slow:
        connection.sendall(body[10:])
    answers = [connection.makefile("rb").readline() for connection in slow]
    for connection in slow:
        connection.close()

    assert others == [202] * 3
    assert [answer.split()[1] for answer in answers] == [b"202"] * 3


def test_the_log_has_no_key(service: Service) -> None:
    """Nor a token: what a request brings is not written down."""
    service.hand_in(notebook(*RIGHT), **{"Idempotency-Key": "a-key-of-this-request"})
    log = (service.folder / "log").read_text()

    assert "api/v1/submissions" in log
    assert "a-key-of-this-request" not in log
    assert service.token not in log


def _ask(service: Service, path: str, **headers: str) -> int:
    request = urllib.request.Request(service.url + path, headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _send(service: Service, text: str) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(text.encode())
        connection.recv(100)


def test_logs_hold_ids_and_nothing_of_anybody(service: Service) -> None:
    """A recognisable name that was sent everywhere is in no line; each line is JSON."""
    shouting = f"def scale(numbers):\n    print('{NAME}')\n    raise ValueError('{NAME}')\n"
    sent = [
        service.hand_in(notebook(shouting), f"{NAME}.ipynb").json()["id"],
        service.hand_in(f"{{ {NAME}".encode(), f"{NAME} broken.ipynb").json()["id"],
    ]
    states = [service.ended(pk)["state"] for pk in sent]
    statuses = [
        _ask(service, f"/sign-in/{NAME}"),
        _ask(service, f"/courses/{NAME}/?q={NAME}"),
        _ask(service, "/", Host=f"{NAME}.example"),
        _ask(service, "/api/v1/submissions/" + sent[0], Authorization=f"Bearer {NAME}"),
    ]
    _send(service, f"GET /{NAME} HTTP/1.1\r\nHost: {NAME} {NAME}\r\nBad Header {NAME}\r\n\r\n")
    _send(service, f"{NAME} / HTTP/9.9\r\n\r\n")
    service.stop()  # the last of these tests: nothing more is written

    lines = (service.folder / "log").read_text().splitlines()
    told = [line for line in lines if not line.startswith("{")]
    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert states == ["graded", "unreadable"]
    assert statuses == [200, 404, 400, 401]
    assert [line for line in lines if NAME.lower() in line.lower()] == []
    assert [line for line in told if "http://127.0.0.1" not in line] == []
    assert {r["upload"] for r in records if r["message"] == "graded"} >= set(sent)
    asked = [r for r in records if r["message"] == "request"]
    assert {"POST", "api/v1/submissions"} <= {v for r in asked for v in (r["method"], r["route"])}
    assert all(r["request"] and r["duration_ms"] > 0 for r in asked)
