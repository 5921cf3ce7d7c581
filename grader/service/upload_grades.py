"""Records of grading from rows: results, corrections, terms, the grade that counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from grader.corrections import Extension, FinalGrade, LatePolicy, Override, Share, Terms, final_grade
from grader.result import GradingResult
from grader.service.models import Correction, CourseAssignment, DueExtension, Upload
from grader.service.work.grading import row_id


def result_of(upload: Upload) -> GradingResult | None:
    """Return the newest result of an upload, None before there is one."""
    newest = upload.results.order_by("version").last()
    return GradingResult.from_json(newest.document) if newest else None


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
    return [
        Override(
            person=row_id(c.member),
            sha256=c.sha256,
            who=str(c.by or "staff"),
            when=c.made,
            exercise=c.exercise,
            check=c.check_id,
            points=c.points,
            comment=c.comment,
            excused=c.excused,
            late_waived=c.late_waived,
            days_late=c.days_late,
        )
        for c in corrections
        if c.taken_back is None
    ]


def extensions_of(rows: Iterable[DueExtension]) -> list[Extension]:
    """Return the records of extensions."""
    return [Extension(row_id(e.member), e.due, e.days, e.attempts) for e in rows]


def final_grade_of(upload: Upload) -> FinalGrade | None:
    """Return the grade of an upload, None before it has a result."""
    if (result := result_of(upload)) is None:
        return None
    of_member = {"assignment": upload.assignment, "member": upload.member}
    corrections = Correction.objects.filter(**of_member).select_related("member", "by").order_by("pk")
    extensions = DueExtension.objects.filter(**of_member).select_related("member").order_by("pk")
    return final_grade(result, overrides_of(corrections), terms_of(upload.assignment), extensions_of(extensions))
