"""Clients that send slowly, and requests that come at the same time, to a whole service."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from grader.service.slow_clients import ANSWER_S, SlowClients

from .conftest import RIGHT, WRONG, Service, make_service, notebook

AT_ONCE = 8


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service without workers whose web server has four threads, on both databases."""
    url = request.getfixturevalue("postgresql").make_database("at_once") if request.param == "postgresql" else ""
    made = make_service(tmp_path_factory.mktemp("at-once") / "service", url, workers=0, web_threads=4)
    made.start("--demo")
    yield made
    made.stop()


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


@pytest.mark.parametrize(("gap_s", "grace_s"), [(0.01, 60.0), (60.0, 0.01)])
def test_what_does_not_come_is_broken_off(gap_s: float, grace_s: float) -> None:
    """After a pause that is too long, or the time that so much may take; answers have longer."""
    ours, theirs = socket.socketpair()
    ended: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        try:
            ended.append(ours.recv(1))
        except TimeoutError:
            ended.append(None)
        return []

    with ours, theirs:
        bounded = SlowClients(application, gap_s, grace_s)
        bounded({"gunicorn.socket": ours, "CONTENT_LENGTH": "5"}, None)
        left = ours.gettimeout()

    assert left == ANSWER_S
    assert ended == [None if gap_s < grace_s else b""]


def test_the_log_has_no_key(service: Service) -> None:
    """Nor a token: what a request brings is not written down."""
    service.hand_in(notebook(*RIGHT), **{"Idempotency-Key": "a-key-of-this-request"})
    log = (service.folder / "log").read_text()

    assert "api/v1/submissions" in log
    assert "a-key-of-this-request" not in log
    assert service.token not in log
