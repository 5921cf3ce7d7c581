"""Show on stderr how far a command is."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.batch import Progress as ProgressReport
from grader.cli import messages
from grader.cli.batch_report import score_text
from grader.result import GradingResult
from grader.sanitize import one_line

_NAME_WIDTH = 30


@contextlib.contextmanager
def batch_progress(total: int) -> Iterator[ProgressReport]:
    """Show how far a batch is: a bar with an ETA on a terminal, else a line a submission."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line_by_line()
        return
    columns = (
        TextColumn("{task.description}", markup=False),  # a student may be called "[red]"
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(messages.WARMING_UP, total=total)

        def report(result: GradingResult, done: int, total: int) -> None:
            student = one_line(result.submission.student)[:_NAME_WIDTH]
            bar.update(task, completed=done, total=total, description=student)

        yield report


def _line_by_line() -> ProgressReport:
    graded, first = 0, 0.0

    def report(result: GradingResult, done: int, total: int) -> None:
        nonlocal graded, first
        graded, first = graded + 1, first or time.monotonic()
        # The first one includes loading the models and says nothing about the others.
        pace = (time.monotonic() - first) / (graded - 1) if graded > 1 else None
        left_s = None if pace is None else pace * (total - done)
        student = one_line(result.submission.student)
        print(messages.graded(done, total, student, score_text(result), left_s), file=sys.stderr, flush=True)

    return report
