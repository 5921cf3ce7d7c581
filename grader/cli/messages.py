"""What is said of a batch on the terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.assignment import Assignment
from grader.batch import Progress as Report
from grader.batch import Summary
from grader.intake import Found
from grader.replay import Replay
from grader.report.batch_statistics import sum_up
from grader.report.display_text import number
from grader.report.messages import EXERCISES, SUBMISSIONS
from grader.result import GradingResult, SubmissionStatus
from grader.sanitize import visible
from grader.submission import Submission

MOST_NAMED = 20
MISTAKES_NAMED = 3


@contextlib.contextmanager
def progress(total: int) -> Iterator[Report]:
    """Show how far a batch is, on stderr: a bar with an ETA on a terminal, a line for each submission elsewhere."""
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
        task = bar.add_task("warming up", total=total)

        def report(result: GradingResult, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=visible(result.submission["student"])[:30])

        yield report


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """Show on a terminal that something is going on: to warm a model up takes its time."""
    console = Console(stderr=True)
    spinner = "dots" if console.encoding.startswith("utf") else "line"
    said = "warming the model up, then grading"
    with console.status(said, spinner=spinner) if console.is_terminal else contextlib.nullcontext():
        yield


def _line_by_line() -> Report:
    graded, first = 0, 0.0

    def report(result: GradingResult, done: int, total: int) -> None:
        nonlocal graded, first
        graded, first = graded + 1, first or time.monotonic()
        # The first one took the warming up as well and says nothing about the others.
        pace = (time.monotonic() - first) / (graded - 1) if graded > 1 else None
        eta = "" if pace is None else f", ETA {pace * (total - done):.0f} s"
        print(
            f"{done}/{total} {visible(result.submission['student'])}: {_score(result)}{eta}",
            file=sys.stderr,
            flush=True,
        )

    return report


def summary(batch: Summary, assignment: Assignment) -> None:
    """Print the table of a batch, its figures and its most common mistakes."""
    table = Table(title=assignment.title, title_justify="left")
    table.add_column("student", no_wrap=True, max_width=32)
    table.add_column("score", justify="right", no_wrap=True)
    for exercise in assignment.exercises:
        table.add_column(exercise.title)
    for result in batch.results:
        found = {e.name: EXERCISES[e.status].label for e in result.exercises}
        graded = result.status is SubmissionStatus.GRADED
        verdicts = (found.get(n, "") for n in assignment.names) if graded else (SUBMISSIONS[result.status].label,)
        name = visible(result.submission.get("name") or result.submission["student"])
        table.add_row(*map(Text, (name, _score(result), *verdicts)))
    Console().print(table)
    cohort = sum_up(batch.results)
    counts = ", ".join(f"{n} {words.label}" for words, n in cohort.statuses if n)
    kept = f" ({batch.kept} kept from before)" if batch.kept else ""
    print(f"{cohort.total} submissions: {counts}{kept}")
    if cohort.mean is not None:
        print(f"On average {number(cohort.mean)} of {number(cohort.max_score)} points over what was graded")
    named = [f"{visible(m.title)} ({m.count})" for m in cohort.diagnoses[:MISTAKES_NAMED]]
    if named:
        print(f"Most common mistakes: {'; '.join(named)}")
    if batch.outdated:
        names = [visible(r.submission["id"]) for r in batch.outdated]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        print(f"{len(names)} made under other versions, and not in this run: {', '.join(names[:MOST_NAMED])}{more}")
    if batch.counts[SubmissionStatus.ERROR]:
        print("What is not graded is our fault and has no grade; the same command tries it again")


def replayed(again: Replay) -> None:
    """Print whether a grade that was given again is the same, and if not, what differs and what may have made it so."""
    before, seed = again.before, again.before.provenance["seed"]
    same = "another grade" if again.differences else f"the same grade, {_score(before)}"
    print(visible(f"{before.submission['id']}: {same}, with the seed {seed}"))
    for title, sentences in (("differs", again.differences), ("changed since", again.changed)):
        for sentence in sentences:
            print(visible(f"  {title}: {sentence}"))


def left_over(
    submissions: Sequence[Submission], found: Found, strangers: Sequence[Submission]
) -> list[tuple[str, list[str]]]:
    """Return what was not graded, and whose rows want a look: sentences' ends and labels."""
    rows = Counter((s.name, s.student_id) for s in submissions)
    kinds = sorted(set(found.passed_over.values()))
    told = [
        ("handed in before a later one and not graded", [e for s in submissions for e in s.earlier]),
        ("not notebooks and not graded", list(found.extras)),
        *((f"passed over, being {k}", sorted(x for x, of in found.passed_over.items() if of == k)) for k in kinds),
        ("by nobody on the roster", [s.label for s in strangers]),
        ("by people with several rows", [s.label for s in submissions if s.name and rows[s.name, s.student_id] > 1]),
    ]
    return [(title, labels) for title, labels in told if labels]


def briefly(told: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Print how many labels there are of each kind, and the first of them."""
    for title, labels in told:
        more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
        print(f"{len(labels)} {title}: {', '.join(map(visible, labels[:MOST_NAMED]))}{more}")


def in_full(told: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return a text of all labels."""
    return "".join(
        f"{len(labels)} {title}:\n" + "".join(f"  {visible(label)}\n" for label in labels) for title, labels in told
    )


def _score(result: GradingResult) -> str:
    if result.status is SubmissionStatus.ERROR:
        return "none"  # a number would be a grade
    return f"{result.score:g}/{result.max_score:g}"
