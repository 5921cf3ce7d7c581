"""Measure a process's CPU time and the time in which it was idle."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_LONGEST_S = 1.0
_WALL_TIMES = 3.0


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds of processor time, and seconds of neither running nor waiting for one."""

    cpu_s: float = 0.0
    idle_s: float = 0.0

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu_s + other.cpu_s, self.idle_s + other.idle_s)

    def __sub__(self, other: Time) -> Time:
        return Time(self.cpu_s - other.cpu_s, self.idle_s - other.idle_s)

    def exceeds(self, limit: Time) -> bool:
        """Return whether either is more than a limit's."""
        return self.cpu_s > limit.cpu_s or self.idle_s > limit.idle_s


class Clock(Protocol):
    """Adds up the time of one process."""

    def look(self) -> Time:
        """Return what there was since the first look; to be called often.

        Time during which nobody looked for long counts as idle for a second at most: all may have stood still.
        """


class ProcessClock:
    """The clock of a process of this machine (Linux).

    All its threads count, those that have ended included. Whether the process was idle between two looks is judged at
    the second one: by the processor time since the first, or else by whether any thread is running or in a queue for a
    processor just then. Over many looks that is the share of time in which a thread was, however many of them take
    turns, and it does not depend on how busy the machine is. The kernel's own sums of waiting (schedstat) are not on
    every system, and many threads would make them arbitrarily large.
    """

    def __init__(self, pid: int) -> None:
        self._id = ~pid << 3 | 2  # clock_getcpuclockid(3) of a process
        self._tasks = Path(f"/proc/{pid}/task")
        self._seen, self._cpu = time.monotonic(), 0.0
        self._cpu = self._begun = self._used_s()
        self._idle = 0.0

    def look(self) -> Time:
        """See Clock."""
        now, cpu = time.monotonic(), self._used_s()
        between, used = now - self._seen, cpu - self._cpu
        if used < between / 2 and not self._queued():
            self._idle += max(0.0, min(between, _LONGEST_S) - used)
        self._seen, self._cpu = now, cpu
        return Time(cpu - self._begun, self._idle)

    def _used_s(self) -> float:
        try:
            return time.clock_gettime(self._id)
        except OSError:  # it has ended
            return self._cpu

    def _queued(self) -> bool:
        """Return whether a thread runs or waits for a processor, but not for a disk."""
        try:
            return any(_task_state(task) == b"R" for task in self._tasks.iterdir())
        except OSError:
            return False


class WallClock:
    """A third of what has passed, for systems that do not tell what a process used.

    Three times a limit of processor time is generous.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()

    def look(self) -> Time:
        """See Clock."""
        return Time((time.monotonic() - self._began) / _WALL_TIMES)


def clock_of(pid: int) -> Clock:
    """Return the clock of a process."""
    return ProcessClock(pid) if sys.platform == "linux" else WallClock()


def _task_state(task: Path) -> bytes:
    try:
        return (task / "stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:  # that thread has ended
        return b""
