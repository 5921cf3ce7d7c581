"""Limit the time of a zygote's or kernel's start, and tell whose fault its end is."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from grader.errors import AssignmentError
from grader.kernel import messages
from grader.kernel.path_aliases import real
from grader.kernel.processor_clock import Clock, Time, clock_of

LIMIT = Time(180.0, 120.0)
"""What loading the libraries may use or wait, and what each file of the assignment's."""

ENDED, ENDLESS = messages.ENDED_THE_PROCESS, messages.took_too_long(LIMIT.cpu_s, LIMIT.idle_s)


class Start:
    """What a process that starts, of number ``pid`` here, has used from one step to the next."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._at: tuple[int, object] = (0, None)
        self._clock: Clock | None = None

    def stands_still(self, step: object) -> bool:
        """Return whether a step took longer than it may; a new ``step`` starts the clock anew."""
        at = (_worker(self._pid), step)
        if self._clock is None or at != self._at:
            self._at, self._clock = at, clock_of(at[0])
        return self._clock.look().exceeds(LIMIT)


def fault_in(data: bytes, folder: Path, end: str) -> AssignmentError | None:
    """Return the assignment's fault that a message from a zygote's folder tells.

    Its paths are those that an author knows. ``end`` says what became of the process where the message is only which
    file it runs; empty if that was no fault of the file's.
    """
    if fault := AssignmentError.from_bytes(data):
        return AssignmentError(Path(real(str(fault.path), folder)), real(fault.rule, folder))
    with contextlib.suppress(ValueError):
        match json.loads(data):
            case {"running": str(path)} if end:
                return AssignmentError(Path(real(path, folder)), messages.running_it(end))
    return None


def by_itself(code: int) -> bool:
    """Return whether a process ended with a code, and not by a signal.

    A signal may come for want of memory. A process that only waited for another gives that one's signal as a number
    below 256.
    """
    return 0 <= code < 256 - 32 or code == 255


def _worker(pid: int) -> int:
    """Return the process that does the work: the first with more or less than one child."""
    with contextlib.suppress(OSError, ValueError):
        while True:
            [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            pid = int(child)
    return pid
