"""How late a submission is, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from grader.corrections.course import LatePolicy, Share, Terms
from grader.submission import SubmissionRecord

_DAY = timedelta(days=1)
_ANYWHERE = [timezone(timedelta(hours=h)) for h in range(-12, 15)]


@dataclass(frozen=True, slots=True)
class Lateness:
    """By how many days, each begun one counted, something was handed in late.

    ``days`` is None where it was late, or may have been, and nothing tells by how much; ``cut_off`` says that it came
    too late to count.
    """

    days: int | None = 0
    cut_off: bool = False


ON_TIME = Lateness()


@dataclass(frozen=True, slots=True)
class Deduction:
    """The points that lateness costs, and why: per cent of so many points for so many days."""

    points: float
    days: int
    per_cent: float
    of: float
    cut_off: bool = False


def lateness(
    submission: SubmissionRecord, terms: Terms, due: datetime | None, days_late: int | None = None
) -> Lateness:
    """Return how late a submission is, by a person's own deadline.

    Days that staff gave decide; then the times of handing in and of the deadline; then the platform's mark. A time
    without a zone decides where the terms name one, or where it does not matter which it is.
    """
    policy = terms.late
    if days_late is not None:
        return Lateness(days_late, cut_off=policy.cutoff is not None and days_late * _DAY > policy.cutoff)
    if due is None or not submission.submitted:
        return Lateness(None if submission.late else 0)
    try:
        submitted = datetime.fromisoformat(submission.submitted)
        return _by_times(submitted, terms, due)
    except (ValueError, OverflowError):  # somebody else wrote it, or a year is no year
        return Lateness(None)


def _by_times(submitted: datetime, terms: Terms, due: datetime) -> Lateness:
    policy = terms.late
    if submitted.tzinfo is None and terms.zone is None:
        found = {_late_by(submitted.replace(tzinfo=zone) - due, policy) for zone in _ANYWHERE}
        return found.pop() if len(found) == 1 else Lateness(None)
    if submitted.tzinfo is None:
        submitted = submitted.replace(tzinfo=terms.zone)
    return _late_by(submitted.astimezone(UTC) - due.astimezone(UTC), policy)


def deduction(late: Lateness, policy: LatePolicy, score: float, most: float) -> Deduction | None:
    """Return what lateness takes off a score, None where that is nothing.

    ``most`` are the most points. It takes no more than there is.
    """
    days = late.days or 0
    if late.cut_off:
        return Deduction(score, days, 100.0, score, cut_off=True)
    per_cent = min(policy.per_day * days, policy.cap)
    of = most if policy.of is Share.POSSIBLE else score
    return Deduction(min(score, of * per_cent / 100), days, per_cent, of) if per_cent > 0 else None


def _late_by(by: timedelta, policy: LatePolicy) -> Lateness:
    if by <= policy.grace:
        return ON_TIME
    return Lateness(math.ceil(by / _DAY), policy.cutoff is not None and by > policy.cutoff)
