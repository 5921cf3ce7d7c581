"""What a whole service logs while people use it, and while somebody is hostile."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path

from .conftest import Serve, Service, notebook

NAME = "Zyxwvut"


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


def test_logs_hold_ids_and_nothing_of_anybody(serve: Serve, tmp_path: Path) -> None:
    """A recognisable name that was sent everywhere is in no line; each line is JSON."""
    service = serve()
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
    service.stop()

    lines = (service.folder / "log").read_text().splitlines()
    told = [line for line in lines if not line.startswith("{")]
    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert states == ["graded", "unreadable"]
    assert statuses == [200, 404, 400, 401]
    assert [line for line in lines if NAME.lower() in line.lower()] == []
    assert [line for line in told if "http://127.0.0.1" not in line] == []
    assert {r["upload"] for r in records if r["message"] == "graded"} == set(sent)
    asked = [r for r in records if r["message"] == "request"]
    assert {"POST", "api/v1/submissions"} <= {v for r in asked for v in (r["method"], r["route"])}
    assert all(r["request"] and r["duration_ms"] > 0 for r in asked)
