"""Records of grading from rows: results, corrections, terms, the grade that counts.

Of a member's attempts the latest counts, as in a batch; one that is still to be graded counts as nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from grader.corrections import (
    Extension,
    FinalGrade,
    FinalGrades,
    LatePolicy,
    Override,
    Share,
    Terms,
    final_grade,
    final_grades,
)
from grader.provenance import Provenance
from grader.report.status_texts import SUBMISSIONS
from grader.result import GradingResult, SubmissionStatus
from grader.service.member_rows import member_facts, row_id, upload_facts
from grader.service.models import (
    Correction,
    CourseAssignment,
    DueExtension,
    Member,
    PublishedResult,
    Role,
    State,
    Upload,
)
from grader.submission import SubmissionRecord


def grades_of(assignment: CourseAssignment, results: Sequence[GradingResult] | None = None) -> FinalGrades:
    """Return the grades of an assignment's students, in the order of their names.

    They are by :func:`row_id`. Who handed in nothing has a row that says so; whose latest attempt is still to be
    graded has none. ``results`` take the place of those that were published.
    """
    rows = [*counting_results(assignment), *absences(assignment)] if results is None else results
    rows = sorted(rows, key=lambda r: (r.submission.name.casefold(), r.submission.id))
    ids = {r.submission.id for r in rows}
    corrections = assignment.corrections.select_related("member", "by").order_by("pk")
    extensions = assignment.extensions.select_related("member").order_by("pk")
    terms = replace(terms_of(assignment), extensions=tuple(e for e in extensions_of(extensions) if e.person in ids))
    return final_grades(rows, [o for o in overrides_of(corrections) if o.person in ids], terms)


def students(assignment: CourseAssignment) -> QuerySet[Member]:
    """Return those who are to hand in."""
    return Member.objects.filter(course=assignment.course_id, active=True, role=Role.STUDENT)


def latest_uploads(assignment: CourseAssignment) -> QuerySet[Upload]:
    """Return the latest attempt of each member, staff's too, graded or not."""
    later = Upload.objects.filter(
        assignment=OuterRef("assignment"), member=OuterRef("member"), attempt__gt=OuterRef("attempt")
    )
    return Upload.objects.filter(~Exists(later), assignment=assignment)


def with_failed_before(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    """Return uploads with the number of earlier attempts that a fault of ours ended.

    They have it as ``failed_before``, so that their facts need no further query each.
    """
    before = Upload.objects.filter(
        assignment=OuterRef("assignment"), member=OuterRef("member"), attempt__lt=OuterRef("attempt"), state=State.ERROR
    )
    counted = before.order_by().values("member").annotate(number=Count("pk")).values("number")
    return uploads.annotate(failed_before=Coalesce(Subquery(counted), 0))


def newest_results(uploads: QuerySet[Upload]) -> QuerySet[PublishedResult]:
    """Return the result that counts of each of some uploads that has one."""
    newer = PublishedResult.objects.filter(upload=OuterRef("upload"), version__gt=OuterRef("version"))
    return PublishedResult.objects.filter(~Exists(newer), upload__in=uploads)


def counting_results(assignment: CourseAssignment) -> list[GradingResult]:
    """Return the newest result of each student's latest attempt, where it has one."""
    latest = latest_uploads(assignment).filter(member__in=students(assignment))
    uploads = {u.pk: u for u in with_failed_before(latest).select_related("member")}
    published = newest_results(latest).iterator()
    found = ((p, uploads[p.upload_id]) for p in published if p.upload_id in uploads)
    return [published_result(p, upload, assignment, upload.member) for p, upload in found]


def count_waiting(assignment: CourseAssignment) -> int:
    """Return how many students' latest attempts are still to be graded."""
    return latest_uploads(assignment).filter(member__in=students(assignment), results=None).count()


def absences(assignment: CourseAssignment) -> list[GradingResult]:
    """Return a result that says so for each student who handed in nothing."""
    return [absence(assignment, m) for m in students(assignment).exclude(uploads__in=assignment.uploads.all())]


def absence(assignment: CourseAssignment, member: Member) -> GradingResult:
    """Return the result of a member who handed in nothing."""
    files = assignment.files
    record = SubmissionRecord(path="", sha256="", **member_facts(member))
    made = Provenance(assignment=files.digest)
    status = SubmissionStatus.NOT_SUBMITTED
    message = SUBMISSIONS[status].sentence
    return GradingResult(record, files.slug, status, 0.0, files.max_score, message=message, provenance=made)


def result_of(upload: Upload) -> GradingResult | None:
    """Return the newest result of an upload, None before there is one."""
    newest = upload.results.order_by("version").last()
    return published_result(newest, upload, upload.assignment, upload.member) if newest else None


def published_result(
    published: PublishedResult, upload: Upload, assignment: CourseAssignment, member: Member
) -> GradingResult:
    """Return a result with what is known of author and deadline now.

    That may have changed since it was graded.
    """
    result = GradingResult.from_json(published.document)
    return replace(result, submission=replace(result.submission, **upload_facts(upload, assignment, member)))


def terms_of(assignment: CourseAssignment) -> Terms:
    """Return a course's terms of an assignment, without anybody's extensions."""
    late = LatePolicy(
        per_day=assignment.late_per_day,
        of=Share(assignment.late_of),
        cap=assignment.late_cap,
        grace=timedelta(minutes=assignment.grace_minutes),
        cutoff=None if assignment.cutoff_days is None else timedelta(days=assignment.cutoff_days),
    )
    return Terms(due=assignment.due, late=late, attempts=assignment.attempts)


def overrides_of(corrections: Iterable[Correction]) -> list[Override]:
    """Return the corrections that stand, oldest first."""
    return [override_of(c) for c in corrections if c.taken_back is None]


def override_of(correction: Correction) -> Override:
    """Return the record of a correction, taken back or not."""
    return Override(
        person=row_id(correction.member),
        sha256=correction.sha256,
        who=str(correction.by or "staff"),
        when=correction.made,
        exercise=correction.exercise,
        check=correction.check_id,
        points=correction.points,
        comment=correction.comment,
        excused=correction.excused,
        late_waived=correction.late_waived,
        days_late=correction.days_late,
    )


def extensions_of(rows: Iterable[DueExtension]) -> list[Extension]:
    """Return the records of extensions."""
    return [Extension(row_id(e.member), e.due, e.days, e.attempts) for e in rows]


def final_grade_of(upload: Upload) -> FinalGrade | None:
    """Return the grade of an upload, None before it has a result."""
    result = result_of(upload)
    return grade_of_member(upload.assignment, upload.member, result) if result else None


def grade_of_member(assignment: CourseAssignment, member: Member, result: GradingResult) -> FinalGrade:
    """Return the grade that follows from one result of a member."""
    of_member = {"assignment": assignment, "member": member}
    corrections = Correction.objects.filter(**of_member).select_related("member", "by").order_by("pk")
    extensions = DueExtension.objects.filter(**of_member).select_related("member").order_by("pk")
    return final_grade(result, overrides_of(corrections), terms_of(assignment), extensions_of(extensions))
