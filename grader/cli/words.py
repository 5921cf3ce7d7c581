"""What the commands say on the terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.assignment import Assignment
from grader.batch import Progress as Report
from grader.batch import Summary
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)
from grader.submission import Submission
from grader.terminal import printable

MOST_NAMED = 20

MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.NOT_ATTEMPTED: ("○", "yellow"),
    Outcome.SKIPPED: ("-", "dim"),
    Outcome.ERROR: ("!", "magenta"),
}


@contextlib.contextmanager
def progress(total: int) -> Iterator[Report]:
    """Show how far a batch is, on stderr: a bar with an ETA on a terminal, a line for each submission elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line_by_line(time.monotonic())
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("warming up", total=total)

        def report(result: GradingResult, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=printable(result.submission["student"])[:30])

        yield report


def _line_by_line(start: float) -> Report:
    graded = 0

    def report(result: GradingResult, done: int, total: int) -> None:
        nonlocal graded
        graded += 1
        left = (time.monotonic() - start) / graded * (total - done)
        print(
            f"{done}/{total} {printable(result.submission['student'])}: {_score(result)}, ETA {left:.0f} s",
            file=sys.stderr,
            flush=True,
        )

    return report


def summary(batch: Summary, assignment: Assignment) -> None:
    """Print the table of a batch and where its overview is."""
    console = Console()
    table = Table(title=assignment.title, title_justify="left")
    for column in ("student", "score", "status"):
        table.add_column(column, justify="right" if column == "score" else "left")
    for exercise in assignment.exercises:
        table.add_column(exercise.title)
    for result in batch.results:
        found = {e.name: e.status.value.replace("_", " ") for e in result.exercises}
        cells = [
            printable(result.submission.get("name") or result.submission["student"]),
            _score(result),
            result.status.value.replace("_", " "),
            *(found.get(n, "") for n in assignment.names),
        ]
        table.add_row(*map(Text, cells))
    console.print(table)
    counts = ", ".join(f"{n} {status.value.replace('_', ' ')}" for status, n in sorted(batch.counts.items()))
    kept = f" ({batch.kept} kept from before)" if batch.kept else ""
    handed_in = len(batch.results) - batch.counts[SubmissionStatus.NOT_SUBMITTED]
    print(f"{handed_in} submissions: {counts}{kept}\n{batch.index}")


def left_over(submissions: Sequence[Submission], extras: Sequence[str], strangers: Sequence[Submission]) -> None:
    """Print what was handed in and not graded, and who is not on the roster."""
    for title, labels in (
        ("handed in before a later one and not graded", [e for s in submissions for e in s.earlier]),
        ("not notebooks and not graded", extras),
        ("by nobody on the roster", [s.label for s in strangers]),
    ):
        if labels:
            more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
            print(f"{len(labels)} {title}: {', '.join(map(printable, labels[:MOST_NAMED]))}{more}")


def verdict(result: GradingResult, *, sandboxed: bool) -> None:
    """Print one notebook's visible checks as its author should read them."""
    console = Console(highlight=False, soft_wrap=True)
    if not sandboxed:
        console.print(Text("Your code was run without the lock-down (--sandbox=off).", style="yellow"))
    if result.message:
        console.print(Text(printable(result.message), style="bold"))
    for exercise in result.exercises:
        console.print(Text(f"\n{exercise.name}: {_standing(exercise)}", style="bold"))
        for sentence in (exercise.message, *exercise.remarks):
            if sentence:
                console.print(Text(f"  {printable(sentence)}"))
        told: set[str] = set()
        for check in exercise.checks:
            if check.visibility is Visibility.VISIBLE:
                _check(console, check, told)
    _closing(console, result)


def _standing(exercise: ExerciseResult) -> str:
    if exercise.status is ExerciseStatus.PASSED and any(c.outcome is Outcome.SKIPPED for c in exercise.checks):
        return "visible checks pass"  # the others have not run: "passed" would promise too much
    return exercise.status.value.replace("_", " ")


def _check(console: Console, check: CheckResult, told: set[str]) -> None:
    """Print one check; a sentence that an earlier check of the exercise was given is not said again."""
    mark, style = MARKS[check.outcome]
    case = check.id.partition("[")[2].removesuffix("]")
    console.print(Text(f"  {mark} {printable(check.title)}{f' ({printable(case)})' if case else ''}", style=style))
    if check.outcome is Outcome.PASSED:
        return
    named = [f"{d.title}. {d.hint}" for d in check.diagnoses[:1]]
    # Hints are about a wrong answer: after a crash they would mislead.
    general = [check.mismatch.hint, check.hint] if check.mismatch and not check.traceback else []
    for sentence in (*named, check.message, *general):
        if sentence and sentence not in told:
            told.add(sentence)
            console.print(Text("\n".join(f"      {line}" for line in printable(sentence).splitlines())))


def _closing(console: Console, result: GradingResult) -> None:
    shown = _visible(result)
    if not shown:
        return
    passed = sum(c.outcome is Outcome.PASSED for c in shown)
    hidden = sum(c.visibility is Visibility.HIDDEN for e in result.exercises for c in e.checks)
    more = f"; {hidden} further checks (other prompts, another model) are run at grading" if hidden else ""
    console.print(Text(f"\n{passed} of {len(shown)} visible checks pass{more}.", style="bold"))


def all_passed(result: GradingResult) -> bool:
    """Return whether every exercise was found and every visible check of the result passes."""
    shown = _visible(result)
    absent = any(e.status is ExerciseStatus.MISSING for e in result.exercises)
    return (
        result.status is SubmissionStatus.GRADED
        and bool(shown)
        and not absent
        and all(c.outcome is Outcome.PASSED for c in shown)
    )


def _visible(result: GradingResult) -> list[CheckResult]:
    return [c for e in result.exercises for c in e.checks if c.visibility is Visibility.VISIBLE]


def _score(result: GradingResult) -> str:
    return f"{result.score:g}/{result.max_score:g}"
