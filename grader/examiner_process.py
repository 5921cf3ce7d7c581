"""One examiner process at work, and how processes are asked about and ended."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from grader.heartbeat import ExaminerTimeout
from grader.submission import Submission

PROCESSES = threading.Lock()
"""Held by whoever starts or asks about a process.

A start asks about all that were started before, and two threads that ask about one at once may both be told wrong.
"""


@dataclass(slots=True, eq=False)
class Examination:
    """One examiner process at work on one submission.

    ``said`` is its result once there is one, empty when the process ended without.
    """

    submission: Submission
    attempt: int
    process: BaseProcess
    answer: Connection
    timeout: ExaminerTimeout
    said: bytes | None = None

    def over(self) -> bool:
        """Listen to the examiner; return whether it has ended, or is silent for too long."""
        try:
            while self.said is None and self.answer.poll():
                if message := self.answer.recv_bytes():
                    self.said = message
                self.timeout.renew()
        except (EOFError, OSError):
            self.said = b""
        return self.said is not None or self.timeout.exhausted()


def exit_code(process: BaseProcess, wait_s: float) -> int | None:
    """Return a process's exit code, None where it has not ended after ``wait_s`` seconds."""
    wait([process.sentinel], wait_s)
    with PROCESSES:
        return process.exitcode


def end(process: BaseProcess) -> None:
    """End a process, by force where it does not end by itself."""
    exit_code(process, 1)
    with PROCESSES:
        if process.is_alive():
            process.kill()
            process.join()
        with contextlib.suppress(ValueError):
            process.close()
