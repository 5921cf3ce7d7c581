"""Examiners of several assignments in one process, each beside a zygote of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment import Assignment
from grader.closing import Closing
from grader.worker import Examiners

_Key = tuple[str, str, str]


@dataclass(slots=True, eq=False)
class _Open:
    """Examiners with a zygote, how many threads use them, and when the last one began to."""

    examiners: Examiners
    ready: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    used: float = 0.0


class ExaminersByAssignment(Closing):
    """The examiners of each assignment that was asked for; a context manager.

    It owns all of their zygotes. ``sandbox``, ``private`` (paths that no student's code may read) and ``jobs`` (how
    many submissions of one assignment one call grades at once) hold for each of them. Several threads may use it.
    """

    def __init__(self, *, sandbox: str = "on", jobs: int = 1, private: tuple[Path, ...] = ()) -> None:
        self._sandbox = sandbox
        self._jobs = jobs
        self._private = private
        self._open: dict[_Key, _Open] = {}
        self._lock = threading.Lock()

    def of(self, assignment: Assignment) -> Examiners:
        """Return an assignment's examiners, starting their zygote in the background at first.

        An assignment whose files have changed since, or that names another interpreter, is another one.
        """
        with self._lock:
            return self._opened(assignment).examiners

    @contextlib.contextmanager
    def use(self, assignment: Assignment) -> Iterator[Examiners]:
        """Give an assignment's examiners, ready to grade, which last at least until the end.

        One thread waits for the zygote and tries the assignment, others wait for it. Examiners whose zygote does not
        serve at the end, or never did, are not used again. Raises what :attr:`grader.worker.Examiners.info` does.
        """
        with self._lock:
            used = self._opened(assignment)
            used.users += 1
            used.used = time.monotonic()
        try:
            with used.ready:
                _ = used.examiners.info
            yield used.examiners
        finally:
            serves = used.examiners.serves()
            with self._lock:
                used.users -= 1
                if not serves and self._open.get(_key(assignment)) is used:
                    del self._open[_key(assignment)]
                last = not used.users and used not in self._open.values()
            if last:
                _close(used.examiners)

    def release(self, unused_s: float) -> int:
        """End zygotes that nobody began to use for some seconds, and return how many.

        The one that was used last stays.
        """
        with self._lock:
            by_use = sorted(self._open.items(), key=lambda item: item[1].used)
            before = time.monotonic() - unused_s
            old = [key for key, o in by_use[:-1] if not o.users and o.used < before]
            ended = [self._open.pop(key) for key in old]
        for one in ended:
            _close(one.examiners)
        return len(ended)

    def close(self) -> None:
        """End all zygotes, and with them their kernels."""
        with self._lock:
            ended = list(self._open.values())
            self._open.clear()
        for one in ended:
            _close(one.examiners)

    def _opened(self, assignment: Assignment) -> _Open:
        key = _key(assignment)
        if key not in self._open:
            examiners = Examiners(assignment, sandbox=self._sandbox, jobs=self._jobs, private=self._private)
            self._open[key] = _Open(examiners.__enter__(), used=time.monotonic())
        return self._open[key]


def _key(assignment: Assignment) -> _Key:
    return str(assignment.root), assignment.digest, assignment.interpreter


def _close(examiners: Examiners) -> None:
    examiners.__exit__(None, None, None)
