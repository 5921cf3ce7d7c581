"""What ``grader check`` prints about one notebook, for its author."""

from __future__ import annotations

import contextlib
import re
import textwrap
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.assignment import Assignment
from grader.cli import messages
from grader.errors import GraderError
from grader.intake import read_notebook
from grader.report.exercise_lines import ExerciseLines, exercise_lines
from grader.report.messages import passed_checks
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.sanitize import visible

_CELL = re.compile(r"\bcell (\d{1,6})\b")
_FIRST_LINE = 50

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.NOT_ATTEMPTED: "yellow",
    Outcome.SKIPPED: "dim",
    Outcome.ERROR: "magenta",
}


def print_check(
    result: GradingResult, assignment: Assignment, notebook: Path, *, sandboxed: bool, page: Path | None
) -> None:
    """Print the visible checks of one notebook; ``page`` is where its page was written."""
    console, cells = Console(highlight=False, soft_wrap=True), CellNames(notebook)
    if not sandboxed:
        console.print(Text(messages.UNSANDBOXED, style="yellow"))
    console.print(Text(visible(messages.checked_by(assignment.title, assignment.slug))))
    if result.message:
        console.print(Text(visible(cells.named(result.message)), style="bold"))
    for exercise in map(exercise_lines, result.exercises):
        _print_exercise(console, exercise, cells)
    _print_closing(console, result, assignment.further, page)


def all_passed(result: GradingResult) -> bool:
    """Return whether every exercise was found, has visible checks, and passes them."""
    return result.status is SubmissionStatus.GRADED and all(
        e.status in (ExerciseStatus.PASSED, ExerciseStatus.INCOMPLETE) and e.visible_checks for e in result.exercises
    )


class CellNames:
    """The names of a notebook's cells: a number, and a first line that students can see."""

    def __init__(self, notebook: Path) -> None:
        self._first_lines: dict[int, str] = {}
        with contextlib.suppress(GraderError):
            for number, cell in enumerate(read_notebook(notebook).cells, start=1):
                lines = [line.strip() for line in str(cell.source).splitlines() if line.strip()]
                self._first_lines[number] = textwrap.shorten(lines[0], _FIRST_LINE, placeholder="…") if lines else ""

    def named(self, *texts: str) -> str:
        """Return texts, a line each, where the first mention of a cell also has its first line."""
        seen: set[str] = set()

        def name(found: re.Match[str]) -> str:
            first = found[1] not in seen
            seen.add(found[1])
            return messages.named_cell(int(found[1]), self._first_lines.get(int(found[1]), "") if first else "")

        return _CELL.sub(name, "\n".join(texts))


def _print_exercise(console: Console, exercise: ExerciseLines, cells: CellNames) -> None:
    console.print(Text(f"\n{exercise.heading}", style="bold"))
    for sentence in exercise.sentences:
        console.print(Text(f"  {visible(cells.named(sentence))}"))
    for check in exercise.checks:
        console.print(Text(f"  {visible(check.heading)}", style=_STYLES[check.outcome]))
        told = cells.named(*map(visible, check.sentences))
        for line in visible(told).splitlines():
            console.print(Text(f"      {line}"))


def _print_closing(console: Console, result: GradingResult, further: str, page: Path | None) -> None:
    if result.exercises:
        console.print(Text(f"\n{passed_checks(result.exercises, further)}", style="bold"))
    if page:
        console.print(Text(visible(messages.page_written(page))))
    elif any(e.visible_checks for e in result.exercises) and not all_passed(result):
        console.print(Text(messages.HTML_HINT))
