"""What ``grader check`` prints about one notebook, for its author."""

from __future__ import annotations

import contextlib
import re
import textwrap
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.assignment import Assignment
from grader.cli import check_messages
from grader.errors import GraderError
from grader.intake import read_notebook
from grader.report.exercise_lines import ExerciseLines, exercise_lines
from grader.report.messages import passed_checks
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.sanitize import visible

_CELL = re.compile(r"\b[Cc]ell (\d{1,6})\b")
_FIRST_LINE = 50
_LEAST_WIDTH = 20

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
        _print_text(console, check_messages.UNSANDBOXED, style="yellow")
    _print_text(console, visible(check_messages.checked_by(assignment.title, assignment.slug)))
    if result.message:
        _print_text(console, visible(cells.named(result.message)), style="bold")
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
            first_line = "" if found[1] in seen else self._first_lines.get(int(found[1]), "")
            seen.add(found[1])
            return check_messages.named_cell(found[0], first_line)

        return _CELL.sub(name, "\n".join(texts))


def _print_exercise(console: Console, exercise: ExerciseLines, cells: CellNames) -> None:
    console.print()
    _print_text(console, exercise.heading, style="bold")
    for sentence in exercise.sentences:
        _print_text(console, visible(cells.named(sentence)), indent=2)
    for check in exercise.checks:
        _print_text(console, visible(check.heading), indent=2, style=_STYLES[check.outcome])
        for line in visible(cells.named(*map(visible, check.sentences))).splitlines():
            _print_text(console, line, indent=6)


def _print_closing(console: Console, result: GradingResult, further: str, page: Path | None) -> None:
    if result.exercises:
        console.print()
        _print_text(console, passed_checks(result.exercises, further), style="bold")
    if page:
        _print_text(console, visible(check_messages.page_written(page)))
    elif any(e.visible_checks for e in result.exercises) and not all_passed(result):
        _print_text(console, check_messages.HTML_HINT)


def _print_text(console: Console, text: str, *, indent: int = 0, style: str = "") -> None:
    """Print a text, on a terminal in lines of its width, later ones indented more."""
    whole = Text(text, style)
    lines = whole.wrap(console, max(console.width - indent - 2, _LEAST_WIDTH)) if console.is_terminal else [whole]
    for number, line in enumerate(lines):
        console.print(Text(" " * (indent + 2 * bool(number))) + line)
