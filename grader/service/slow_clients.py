"""Let no client that sends slowly hold a thread of the web server for long."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

_GAP_S = 20.0
"""The longest pause between two parts of a body, in seconds."""

ANSWER_S = 300.0
"""The longest time, in seconds, in which a client takes an answer."""

_GRACE_S, _LEAST_RATE = 30.0, 32 << 10  # a body takes so many seconds at most, and one for so many bytes of it

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class SlowClients:
    """A WSGI application around another, under gunicorn: what comes too slowly is broken off."""

    def __init__(self, application: Application, gap_s: float = _GAP_S, grace_s: float = _GRACE_S) -> None:
        self._application, self._gap_s, self._grace_s = application, gap_s, grace_s

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request; its body must have come when the application returns."""
        connection = environ.get("gunicorn.socket")
        if connection is None:
            return self._application(environ, start_response)
        connection.settimeout(self._gap_s)
        length = environ.get("CONTENT_LENGTH") or "0"
        timer = threading.Timer(self._grace_s + _seconds_for(length), _break_off, [connection])
        timer.daemon = True
        if length != "0":
            timer.start()
        try:
            return self._application(environ, start_response)
        finally:
            timer.cancel()
            connection.settimeout(ANSWER_S)


def _seconds_for(length: str) -> float:
    return int(length) / _LEAST_RATE if length.isdecimal() else 0.0


def _break_off(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        connection.shutdown(socket.SHUT_RD)
