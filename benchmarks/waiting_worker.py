"""A worker that only waits: ``python -m benchmarks.waiting_worker NAME SECONDS``.

Everything else is the service's own, so what is measured is the service and its queue. Zygote, examiner and kernels are
replaced; every answer is taken for right.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.assignment import Assignment
from grader.result import GradingResult, SubmissionStatus
from grader.service.config import load_config
from grader.service.setup_django import setup_django
from grader.submission import Submission


@dataclass(frozen=True, slots=True)
class WaitingExaminers:
    """What takes the place of all examiners, and of those of one assignment."""

    wait_s: float
    assignment: Assignment | None = None

    def grade(self, submissions: Sequence[Submission]) -> Iterator[GradingResult]:
        """Yield full marks for each submission after the wait."""
        for submission in submissions:
            time.sleep(self.wait_s)
            slug, most = (self.assignment.slug, self.assignment.max_score) if self.assignment else ("", 0.0)
            yield GradingResult(submission.record(), slug, SubmissionStatus.GRADED, most, most)

    @contextlib.contextmanager
    def use(self, assignment: Assignment) -> Iterator[WaitingExaminers]:
        """Give those of an assignment."""
        yield WaitingExaminers(self.wait_s, assignment)

    def release(self, unused_s: float) -> int:
        """Hold nothing that could be let go."""
        return 0

    def close(self) -> None:
        """Hold nothing."""


def main() -> int:
    """Run a worker whose examiners wait."""
    load_config()  # before Django is set up: the worker takes the settings out of its environment
    setup_django()
    from grader.service.work import grading
    from grader.service.work.worker_process import run_worker

    waiting: Any = WaitingExaminers(float(sys.argv[2]))
    grading.all_examiners = cache(lambda: waiting)  # the one place that starts zygotes and examiners
    return run_worker(sys.argv[1])


if __name__ == "__main__":
    sys.exit(main())
