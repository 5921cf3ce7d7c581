"""Sentences to students and staff on how a check ended, beside those of comparators."""

from __future__ import annotations

NOT_RUN = "The check did not run."
CONDITION_FAILED = "The check's condition does not hold."


def not_carried_out(reason: object) -> str:
    return f"It was not carried out: {reason}"


def accepted(title: str) -> str:
    return f"Accepted as another right answer: {title}."


def leaves_credit(share: float) -> str:
    return f"This mistake leaves {share:.0%} of the points."


def unexplained(first_wrong: str) -> str:
    """Say that no known mistake explains an answer, and where it goes wrong, if that is known."""
    return f"No known mistake explains these values.{first_wrong and f' {first_wrong}.'}"


def incomplete_diagnosis(reason: str) -> str:
    return f"The diagnosis is not complete: {reason}"


def mistake_may_leave_points(note: str) -> str:
    return f"A known mistake may leave points. {note}"


def accepted_not_compared(mistake: str, reason: str) -> str:
    return f"the answer could not be compared with {mistake}, which is accepted: {reason}"
