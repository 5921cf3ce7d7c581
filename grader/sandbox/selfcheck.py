"""Verify from inside that forbidden operations fail."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable


def holes(forbidden: Iterable[str]) -> list[str]:
    """Return, as phrases, what this process could do although it must not."""
    attempts: list[tuple[str, Callable[[], object]]] = [
        *((f"open {path}", lambda path=path: os.close(os.open(path, os.O_RDONLY))) for path in forbidden),
        ("open an internet socket", lambda: socket.socket(socket.AF_INET).close()),
        ("open a unix socket", lambda: socket.socket(socket.AF_UNIX).close()),
        ("fork", _try_fork),
        ("read its own process entry", lambda: os.listdir("/proc/self")),
        ("list the root folder", lambda: os.listdir("/")),
    ]
    return [what for what, attempt in attempts if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _try_fork() -> None:
    if os.fork() == 0:
        os._exit(0)
