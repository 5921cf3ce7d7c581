"""The grade that counts: a result, what staff corrected, and what lateness costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grader.corrections import messages
from grader.corrections.corrected import corrected
from grader.corrections.course import Extension, Terms
from grader.corrections.lateness import ON_TIME, Deduction, Lateness, deduction, lateness
from grader.corrections.override import Override, Target
from grader.result import GradingResult, SubmissionStatus


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """What counts of a result.

    ``raw`` is the result as it was graded. ``result`` is what people are shown: points as staff set them, the final
    score, and the status ``excused`` where staff excused somebody. ``score`` is the grade to be entered anywhere; None
    is no grade, which is never a 0, and ``why_none`` says to staff why. ``applied`` are the corrections that count,
    ``offered`` those of an earlier submission, which do not, ``deduction`` is what lateness cost, ``beyond_attempts``
    says that there is no grade because this was an attempt too many. ``problems`` are sentences for staff on what could
    not be done.
    """

    raw: GradingResult
    result: GradingResult
    score: float | None
    why_none: str = ""
    applied: tuple[Override, ...] = ()
    offered: tuple[Override, ...] = ()
    late: Lateness = ON_TIME
    deduction: Deduction | None = None
    beyond_attempts: bool = False
    problems: tuple[str, ...] = ()

    @property
    def days_wanted(self) -> bool:
        """Whether nothing but staff can tell by how many days this was late, and that matters."""
        return self.late.days is None

    @property
    def changed(self) -> bool:
        """Whether anything but the checks had a part in the grade."""
        return bool(self.applied or self.deduction or self.days_wanted)

    def score_or_zero(self, *, zero: bool) -> float | None:
        """Return the score; with ``zero``, 0 for who handed in nothing."""
        nothing = self.result.status is SubmissionStatus.NOT_SUBMITTED
        return 0.0 if zero and nothing and self.score is None else self.score


def final_grade(
    result: GradingResult,
    overrides: Sequence[Override] = (),
    terms: Terms | None = None,
    extensions: Sequence[Extension] = (),
) -> FinalGrade:
    """Return the grade that counts.

    ``overrides`` and ``extensions`` are this person's, oldest first. Points that staff set for the whole submission are
    the grade, and lateness takes nothing off them. A file that is no notebook was handed in and is worth 0; what could
    not be graded through a fault of ours has no grade, and neither has what such a fault took points from.
    """
    terms = terms or Terms()
    sha256 = result.submission.sha256
    of_this = [o for o in overrides if o.is_of(sha256)]
    done = corrected(result, of_this)
    offered = _of_earlier_submission(overrides, sha256)
    grade = FinalGrade(result, done.result, None, applied=done.applied, offered=offered, problems=done.problems)
    if any(o.excused for o in done.applied):
        excused = replace(done.result, status=SubmissionStatus.EXCUSED)
        return replace(grade, result=excused, why_none=messages.EXCUSED)
    if any(o.points is not None and o.target == Target() for o in done.applied):
        return replace(grade, score=done.result.score)
    if done.result.status is SubmissionStatus.NOT_SUBMITTED:
        return replace(grade, why_none=messages.NOTHING_HANDED_IN)
    if done.result.status is SubmissionStatus.ERROR or done.undecided:
        return replace(grade, why_none=messages.NOT_GRADED)
    return _by_the_terms(grade, terms, extensions)


def _by_the_terms(grade: FinalGrade, terms: Terms, extensions: Sequence[Extension]) -> FinalGrade:
    """Return a grade without one for late or too many attempts, or with what that costs."""
    submission, result = grade.raw.submission, grade.result
    allowed = next((e.attempts for e in reversed(extensions) if e.attempts is not None), terms.attempts)
    if allowed is not None and submission.attempt > allowed:
        why = messages.too_many_attempts(submission.attempt, allowed)
        return replace(grade, why_none=why, beyond_attempts=True)
    costless = not terms.late.costs or result.score <= 0
    if costless or any(o.late_waived for o in grade.applied):
        return replace(grade, score=result.score)
    given = next((o.days_late for o in reversed(grade.applied) if o.days_late is not None), None)
    everybodys = terms.due or (datetime.fromisoformat(submission.due) if submission.due else None)
    late = lateness(submission, terms, deadline(everybodys, extensions), given)
    if late.days is None:
        return replace(grade, why_none=messages.DAYS_UNKNOWN, late=late)
    cost = deduction(late, terms.late, result.score, result.max_score)
    score = result.score - (cost.points if cost else 0.0)
    return replace(grade, result=replace(result, score=score), score=score, late=late, deduction=cost)


def deadline(everybodys: datetime | None, extensions: Sequence[Extension]) -> datetime | None:
    """Return a person's own deadline, the latest that anything gives."""
    own = [e.due or (everybodys + timedelta(days=e.days) if everybodys else None) for e in extensions]
    return max((due for due in (everybodys, *own) if due), default=None)


def _of_earlier_submission(overrides: Sequence[Override], sha256: str) -> tuple[Override, ...]:
    """Return corrections of an earlier submission that nothing of this one has followed."""
    settled = {o.target: place for place, o in enumerate(overrides) if o.is_of(sha256)}
    return tuple(o for place, o in enumerate(overrides) if not o.is_of(sha256) and place > settled.get(o.target, -1))
