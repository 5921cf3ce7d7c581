"""Clients that stop sending are broken off."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from grader.service.slow_clients import ANSWER_S, SlowClients


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
