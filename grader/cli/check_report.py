"""What ``grader check`` prints about one notebook, for its author."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli import messages
from grader.report.check_text import heading, sentences
from grader.report.messages import SAME_REASON, exercise_text
from grader.report.presentation import reading_order
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)
from grader.sanitize import visible

MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.NOT_ATTEMPTED: ("○", "yellow"),
    Outcome.SKIPPED: ("-", "dim"),
    Outcome.ERROR: ("!", "magenta"),
}


def print_check(result: GradingResult, *, sandboxed: bool, page: Path | None) -> None:
    """Print the visible checks of one notebook; ``page`` is where its page was written."""
    console = Console(highlight=False, soft_wrap=True)
    if not sandboxed:
        console.print(Text(messages.UNSANDBOXED, style="yellow"))
    if result.message:
        console.print(Text(visible(result.message), style="bold"))
    for exercise in result.exercises:
        _print_exercise(console, exercise)
    _print_closing(console, result, page)


def all_passed(result: GradingResult) -> bool:
    """Return whether every exercise was found, has visible checks, and passes them."""
    return result.status is SubmissionStatus.GRADED and all(
        e.status in (ExerciseStatus.PASSED, ExerciseStatus.INCOMPLETE) and _visible_checks(e) for e in result.exercises
    )


def _print_exercise(console: Console, exercise: ExerciseResult) -> None:
    console.print(Text(f"\n{exercise.name}: {exercise_text(exercise).label}", style="bold"))
    checks = [group[0] for group in reading_order(replace(exercise, checks=_visible_checks(exercise)))]
    messages_of_checks = {c.message for c in checks}
    for sentence in (exercise.message, *exercise.remarks):
        if sentence and sentence not in messages_of_checks:
            console.print(Text(f"  {visible(sentence)}"))
    hinted: set[str] = set()
    for check in checks:
        _print_check(console, check, hinted)


def _print_check(console: Console, check: CheckResult, hinted: set[str]) -> None:
    """Print one check; ``hinted`` as in :func:`grader.report.check_text.sentences`."""
    mark, style = MARKS[check.outcome]
    again = f" {SAME_REASON}" if check.message == SAME_REASON else ""
    console.print(Text(f"  {mark} {visible(heading(check) + again)}", style=style))
    if check.outcome is Outcome.PASSED or again:
        return
    for sentence in sentences(check, hinted=hinted, most_frames=1):
        console.print(Text("\n".join(f"      {line}" for line in visible(sentence).splitlines())))


def _print_closing(console: Console, result: GradingResult, page: Path | None) -> None:
    shown = [c for e in result.exercises for c in _visible_checks(e)]
    if result.exercises:
        passed = sum(c.outcome is Outcome.PASSED for c in shown)
        hidden = sum(c.visibility is Visibility.HIDDEN for e in result.exercises for c in e.checks)
        console.print(Text(f"\n{messages.passed_checks(passed, len(shown), hidden)}", style="bold"))
    if page:
        console.print(Text(visible(messages.page_written(page))))
    elif shown and not all_passed(result):
        console.print(Text(messages.HTML_HINT))


def _visible_checks(exercise: ExerciseResult) -> tuple[CheckResult, ...]:
    return tuple(c for c in exercise.checks if c.visibility is Visibility.VISIBLE)
