"""Which scores are to be in platforms' gradebooks: one row for each change of a grade.

Rows are made by looking at what grades are made of, so that nothing that changes one has to tell: results, corrections,
extensions, terms, and the passing of a deadline that hidden verdicts wait for.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from lti_tool.models import LtiMembership

from grader.corrections import deadline
from grader.report.staff_attention import attention
from grader.result import SubmissionStatus
from grader.service.lti.models import LtiLink, ScorePassback
from grader.service.models import CourseAssignment, HiddenVerdicts, Member, PublishedResult, Role
from grader.service.student_results import StudentView
from grader.service.upload_grades import (
    extensions_of,
    grade_of_member,
    latest_uploads,
    newest_results,
    published_result,
)

PENDING, BY_HAND, FINAL = "Pending", "PendingManual", "FullyGraded"
_TERMS = ("due", "attempts", "late_per_day", "late_of", "late_cap", "grace_minutes", "cutoff_days", "hidden_verdicts")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a score tells, beside its time."""

    score: float | None
    max_score: float
    progress: str


class ScoreRows:
    """Makes the rows; remembers which grades there is nothing to tell of."""

    def __init__(self) -> None:
        self._nothing: dict[tuple[int, int], str] = {}

    def look(self) -> int:
        """Make rows for all that has changed, and return how many."""
        links = LtiLink.objects.select_related("assignment__course", "assignment__files", "resource_link__context")
        return sum(self._look(link) for link in links)

    def _look(self, link: LtiLink) -> int:
        now, made = timezone.now(), 0
        before = _newest_rows(link)
        for member, published, cause in _causes(link, now):
            last = before.get(member)
            if cause in (last and last.cause, self._nothing.get((link.pk, member))):
                continue
            told = _told(link.assignment, published, now)
            if told is None:
                self._nothing[link.pk, member] = cause
            elif last and last.upload_id == published.upload_id and _of_row(last) == told:
                ScorePassback.objects.filter(pk=last.pk).update(cause=cause)
            else:
                made += _add(link, published, cause, told, last, now)
        return made


def _newest_rows(link: LtiLink) -> dict[int, ScorePassback]:
    rows = ScorePassback.objects.filter(link=link).order_by("number").defer("why")
    return {row.member_id: row for row in rows}


def _causes(link: LtiLink, now: datetime) -> Iterator[tuple[int, PublishedResult, str]]:
    """Yield the newest result of each student of a link, and what the grade is made of."""
    assignment = link.assignment
    context = LtiMembership.objects.filter(context=link.resource_link.context, is_active=True)
    students = Member.objects.filter(
        course=assignment.course, role=Role.STUDENT, active=True, account__lti_users__in=context.values("user")
    )
    results = newest_results(latest_uploads(assignment).filter(member__in=students.values("pk")))
    corrections, extensions = _by_member(assignment.corrections), _by_member(assignment.extensions)
    terms = [str(getattr(assignment, name)) for name in _TERMS]
    for found in results.select_related("upload").defer("document"):
        member = found.upload.member_id
        own = [(c.pk, str(c.taken_back)) for c in corrections[member]]
        more = [(e.pk, str(e.due), e.days, e.attempts) for e in extensions[member]]
        over = _over(assignment, extensions[member], now)
        made_of = repr((str(found.upload_id), found.version, own, more, terms, over))
        yield member, found, hashlib.sha256(made_of.encode()).hexdigest()


def _by_member(rows: Any) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows.select_related("member").order_by("pk"):
        found[row.member_id].append(row)
    return found


def _over(assignment: CourseAssignment, extensions: list[Any], now: datetime) -> bool:
    """Return whether hidden verdicts waited for a deadline that is over."""
    due = deadline(assignment.due, extensions_of(extensions))
    waits = assignment.hidden_verdicts == HiddenVerdicts.AFTER_DEADLINE
    return waits and due is not None and now > due + timedelta(minutes=assignment.grace_minutes)


def _told(assignment: CourseAssignment, published: PublishedResult, now: datetime) -> _Told | None:
    """Return what the platform is told of a grade, None for nothing.

    That is so for what a fault of ours ended, and for whoever has no grade by a decision of staff or the terms.
    """
    upload = published.upload
    member = upload.member
    result = published_result(published, upload, assignment, member)
    grade, shown = grade_of_member(assignment, member, result), StudentView(assignment, member, now).grade(result)
    if result.status is SubmissionStatus.ERROR or grade.score is None:
        return None
    if shown.score is None:
        return _Told(None, result.max_score, PENDING)
    return _Told(shown.score, result.max_score, BY_HAND if attention(grade) else FINAL)


def _of_row(row: ScorePassback) -> _Told:
    return _Told(row.score, row.max_score, row.progress)


def _add(
    link: LtiLink, published: PublishedResult, cause: str, told: _Told, last: ScorePassback | None, now: datetime
) -> int:
    """Add a row, unless another worker has.

    Its time is its result's, or later than that of the row before.
    """
    time = published.graded if last is None else max(published.graded, last.timestamp + timedelta(milliseconds=1))
    if last and time != published.graded:  # what changed is newer than the result
        time = max(now, time)
    try:
        with transaction.atomic():
            ScorePassback.objects.create(
                link=link, member_id=published.upload.member_id, number=last.number + 1 if last else 1,
                upload=published.upload, version=published.version, cause=cause, score=told.score,
                max_score=told.max_score, progress=told.progress, timestamp=time.astimezone(UTC), due=now,
            )  # fmt: skip
    except IntegrityError:
        return 0
    return 1
