"""Whether an examiner is still at work: it says so while its kernels work, and in between it has a time of its own."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection

from grader.kernel.clock import Time, clock_of

SILENCE = Time(600.0, 600.0)
"""What an examiner may use, or wait, from one sign of life to the next; what it is only kept from does not count."""


class Beat:
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


class Patience:
    """How long an examiner, a process of this machine, may still be silent."""

    def __init__(self, pid: int, silence: Time = SILENCE) -> None:
        self._clock = clock_of(pid)
        self._silence = silence
        self._heard = self._clock.look()

    def renew(self) -> None:
        """Take note of a sign of life."""
        self._heard = self._clock.look()

    def exhausted(self) -> bool:
        """Return whether it was silent for too long; to be asked often."""
        return (self._clock.look() - self._heard).exceeds(self._silence)
