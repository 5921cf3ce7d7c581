"""Signs of life of an examiner, and the time after which a silent one is stopped."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection

from grader.kernel.processor_clock import Time, clock_of

EXAMINER_TIMEOUT = Time(600.0, 600.0)
"""What an examiner may use, or wait, from one sign of life to the next; what it is only kept from does not count."""


class Heartbeat:
    """An examiner's sign of life: an empty message, at most every few seconds."""

    def __init__(self, connection: Connection, every_s: float = 5.0) -> None:
        self._connection = connection
        self._every_s = every_s
        self._last = time.monotonic()

    def __call__(self) -> None:
        """Say that the examiner is at work."""
        if time.monotonic() - self._last >= self._every_s:
            self._last = time.monotonic()
            self._connection.send_bytes(b"")


class ExaminerTimeout:
    """How long an examiner, a process of this machine, may still be silent."""

    def __init__(self, pid: int, examiner_timeout: Time = EXAMINER_TIMEOUT) -> None:
        self._clock = clock_of(pid)
        self._examiner_timeout = examiner_timeout
        self._heard = self._clock.look()

    def renew(self) -> None:
        """Take note of a sign of life."""
        self._heard = self._clock.look()

    def exhausted(self) -> bool:
        """Return whether it was silent for too long; to be asked often."""
        return (self._clock.look() - self._heard).exceeds(self._examiner_timeout)
