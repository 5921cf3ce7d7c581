"""Make corrections of one row that fit it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from grader.corrections import file_messages, messages
from grader.corrections.corrected import located
from grader.corrections.final_grade import FinalGrade
from grader.corrections.override import Override, Target
from grader.errors import UsageError
from grader.result import GradingResult

LONGEST = 10_000  # characters of a comment


def broken_rule(override: Override) -> str:
    """Return which rule a correction breaks, whatever it is of; empty if none."""
    if override.empty:
        return file_messages.SETS_NOTHING
    if override.for_whole and override.target != Target():
        return file_messages.FOR_WHOLE_ALONE
    return file_messages.long_comment(LONGEST) if len(override.comment) > LONGEST else ""


def fitting(row: GradingResult, person: str, override: Override) -> Override:
    """Return a correction as one of this row, which ``person`` names.

    Raises UsageError where it does not fit.
    """
    target, fault = located(row, override)
    if fault:
        raise UsageError(f"{row.submission.id}: {fault}.")
    sha256 = row.submission.sha256
    return replace(override, person=person, sha256=sha256, exercise=target.exercise, check=target.check)


def offered_again(grade: FinalGrade, person: str, who: str, when: datetime) -> list[Override]:
    """Return what was set for an earlier submission as corrections of this one.

    Raises UsageError where there is nothing, or it does not fit.
    """
    if not grade.offered:
        raise UsageError(messages.nothing_offered(grade.raw.submission.id))
    return [fitting(grade.raw, person, replace(o, who=who, when=when)) for o in grade.offered]
