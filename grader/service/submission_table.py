"""Who handed in what to an assignment, a row each, without reading every result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count

from grader.corrections import Extension, FinalGrade, Override, deadline, final_grade, lateness
from grader.report import StaffSite
from grader.report.staff_attention import attention
from grader.result import GradingResult, SubmissionStatus
from grader.service.member_rows import row_id, upload_facts
from grader.service.models import Correction, CourseAssignment, Member, PublishedResult, Role, State, Upload
from grader.service.upload_grades import (
    absence,
    extensions_of,
    latest_uploads,
    newest_results,
    overrides_of,
    published_result,
    terms_of,
    with_failed_before,
)
from grader.submission import SubmissionRecord

_Named = TypeVar("_Named", Override, Extension)


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One member's row: the latest attempt, if any, and its grade.

    ``grade`` is None before there is a result; it may be without exercises. ``days_late`` is by how many days it came
    late, None where nothing tells. ``attention`` says why staff should look at it.
    """

    member: Member
    upload: Upload | None
    attempts: int
    grade: FinalGrade | None
    days_late: int | None = 0
    attention: str = ""

    @property
    def waits(self) -> bool:
        """Whether the attempt is still to be graded."""
        return self.upload is not None and self.upload.state in State.open()

    @property
    def failed(self) -> bool:
        """Whether grading failed by a fault of ours."""
        return self.upload is not None and self.upload.state == State.ERROR

    @property
    def late(self) -> bool:
        """Whether it came late, or may have."""
        return self.days_late != 0

    @property
    def corrected(self) -> bool:
        """Whether staff corrected it."""
        return self.grade is not None and bool(self.grade.applied)

    @property
    def score(self) -> float | None:
        """The grade that counts."""
        return self.grade.score if self.grade else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an assignment's rows are made of, each read once."""

    assignment: CourseAssignment
    uploads: Mapping[int, Upload]
    attempts: Mapping[int, int]
    results: Mapping[object, PublishedResult]
    corrections: Mapping[str, Sequence[Override]]
    extensions: Mapping[str, Sequence[Extension]]


def submission_rows(assignment: CourseAssignment, site: StaffSite) -> list[SubmissionRow]:
    """Return a row for each student, and for whoever else handed in, in the order of names.

    Only results that staff corrected or should look at are read in full.
    """
    facts = _facts(assignment)
    members = list(assignment.course.members.order_by("name", "pk"))
    shown = [m for m in members if m.pk in facts.uploads or (m.active and m.role == Role.STUDENT)]
    return [_row(facts, member, site) for member in shown]


def _facts(assignment: CourseAssignment) -> _Facts:
    latest = latest_uploads(assignment)
    attempts = assignment.uploads.order_by().values_list("member").annotate(Count("pk"))
    corrections = list(assignment.corrections.select_related("member", "by").order_by("pk"))
    extensions = assignment.extensions.select_related("member").order_by("pk")
    return _Facts(
        assignment,
        {u.member_id: u for u in with_failed_before(latest)},
        dict(attempts),
        _results(assignment, corrections),
        _by_person(overrides_of(corrections)),
        _by_person(extensions_of(extensions)),
    )


def _results(assignment: CourseAssignment, corrections: Sequence[Correction]) -> dict[object, PublishedResult]:
    """Return the newest results by their uploads; documents only where they are needed."""
    newest = newest_results(latest_uploads(assignment))
    corrected = {c.member_id for c in corrections if c.taken_back is None}
    figures = newest.defer("document")
    in_full = newest.filter(attention=True) | newest.filter(upload__member__in=corrected)
    return {r.upload_id: r for r in (*figures, *in_full)}


def _by_person(found: Iterable[_Named]) -> dict[str, list[_Named]]:
    by_person: defaultdict[str, list[_Named]] = defaultdict(list)
    for one in found:
        by_person[one.person].append(one)
    return by_person


def _row(facts: _Facts, member: Member, site: StaffSite) -> SubmissionRow:
    upload, person = facts.uploads.get(member.pk), row_id(member)
    published = facts.results.get(upload.pk) if upload else None
    attempts = facts.attempts.get(member.pk, 0)
    corrections = facts.corrections.get(person, ())
    if upload is None:
        result = absence(facts.assignment, member)
    elif published is None:
        return SubmissionRow(member, upload, attempts, None)
    elif "document" in published.get_deferred_fields():
        result = _without_exercises(published, upload, facts.assignment, member)
    else:
        result = published_result(published, upload, facts.assignment, member)
    terms, extensions = terms_of(facts.assignment), facts.extensions.get(person, ())
    grade = final_grade(result, corrections, terms, extensions)
    given = next((o.days_late for o in reversed(grade.applied) if o.days_late is not None), None)
    late = lateness(result.submission, terms, deadline(terms.due, extensions), given).days
    return SubmissionRow(member, upload, attempts, grade, late, attention(grade, site))


def _without_exercises(
    published: PublishedResult, upload: Upload, assignment: CourseAssignment, member: Member
) -> GradingResult:
    """Return a result without exercises.

    The grade of an upload that nobody corrected needs no more.
    """
    record = SubmissionRecord(path=upload.file_name, sha256=upload.sha256, **upload_facts(upload, assignment, member))
    status = SubmissionStatus(published.status)
    return GradingResult(record, assignment.files.slug, status, published.score, published.max_score)
