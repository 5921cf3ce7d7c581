"""What visible checks found, as lines of text for a terminal and below a cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.report.check_text import heading, sentences
from grader.report.messages import SAME_REASON
from grader.report.presentation import reading_order
from grader.report.status_texts import exercise_text
from grader.result import CheckResult, ExerciseResult, Outcome

_MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.SKIPPED: "-",
    Outcome.ERROR: "!",
}


@dataclass(frozen=True, slots=True)
class CheckLines:
    """A check's heading with a mark for its outcome, and sentences on what it found."""

    outcome: Outcome
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExerciseLines:
    """An exercise's heading, sentences on its code, and its visible checks in reading order."""

    heading: str
    sentences: tuple[str, ...]
    checks: tuple[CheckLines, ...]


def exercise_lines(exercise: ExerciseResult) -> ExerciseLines:
    """Return an exercise as text; what a check says is not said above it as well."""
    checks = [group[0] for group in reading_order(replace(exercise, checks=exercise.visible_checks))]
    told, hinted = {"", *(check.message for check in checks)}, set[str]()
    return ExerciseLines(
        f"{exercise.name}: {exercise_text(exercise).label}",
        tuple(sentence for sentence in (exercise.message, *exercise.remarks) if sentence not in told),
        tuple(_check_lines(check, hinted) for check in checks),
    )


def _check_lines(check: CheckResult, hinted: set[str]) -> CheckLines:
    again = check.message == SAME_REASON
    title = f"{_MARKS[check.outcome]} {heading(check)}{f' {SAME_REASON}' if again else ''}"
    if again or check.outcome in (Outcome.PASSED, Outcome.SKIPPED):
        return CheckLines(check.outcome, title, ())
    return CheckLines(check.outcome, title, tuple(sentences(check, hinted=hinted, most_frames=1)))
