"""Examiners of several assignments in one process, each beside a zygote of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.assignment import Assignment
from grader.closing import Closing
from grader.worker import Examiners


class ExaminersByAssignment(Closing):
    """The examiners of each assignment that was asked for; a context manager.

    It owns all of their zygotes. ``sandbox``, ``private`` (paths that no student's code may read) and ``jobs`` (how
    many submissions of one assignment are graded at once) hold for each of them.
    """

    def __init__(self, *, sandbox: str = "on", jobs: int = 1, private: tuple[Path, ...] = ()) -> None:
        self._sandbox = sandbox
        self._jobs = jobs
        self._private = private
        self._open: dict[tuple[str, str, str], Examiners] = {}
        self._end = contextlib.ExitStack()

    def of(self, assignment: Assignment) -> Examiners:
        """Return an assignment's examiners, starting their zygote in the background at first.

        An assignment whose files have changed since, or that names another interpreter, is another one.
        """
        key = (str(assignment.root), assignment.digest, assignment.interpreter)
        if key not in self._open:
            examiners = Examiners(assignment, sandbox=self._sandbox, jobs=self._jobs, private=self._private)
            self._open[key] = self._end.enter_context(examiners)
        return self._open[key]

    def close(self) -> None:
        """End all zygotes, and with them their kernels."""
        self._open.clear()
        self._end.close()
