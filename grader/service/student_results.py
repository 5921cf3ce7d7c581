"""What a student sees of a grade, by the course's setting for hidden verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from grader.corrections import FinalGrade, Terms, deadline, final_grade
from grader.result import GradingResult, redact
from grader.service import messages
from grader.service.models import Correction, CourseAssignment, DueExtension, HiddenVerdicts, Member, Upload
from grader.service.upload_grades import extensions_of, overrides_of, result_of, terms_of
from grader.withheld_verdicts import has_hidden, told_overrides, withheld, without_score

_NOTES = {
    HiddenVerdicts.AFTER_DEADLINE: messages.SHOWN_AFTER_DEADLINE,
    HiddenVerdicts.NEVER: messages.NOT_SHOWN,
}


def student_result(upload: Upload, now: datetime) -> FinalGrade | None:
    """Return what the student may see of the grade of an upload, None before it has a result.

    ``result`` is redacted, and what is to be shown; ``raw`` is for the sentences of :mod:`grader.report` alone. While
    hidden checks are held back nothing in the grade depends on what they found: ``result`` counts the visible ones, and
    ``score`` is None.
    """
    return StudentView(upload.assignment, upload.member, now).result(upload)


class StudentView:
    """What one member may see of an assignment's uploads at a time."""

    def __init__(self, assignment: CourseAssignment, member: Member, now: datetime) -> None:
        of_member = {"assignment": assignment, "member": member}
        corrections = Correction.objects.filter(**of_member).select_related("member", "by").order_by("pk")
        extensions = DueExtension.objects.filter(**of_member).select_related("member").order_by("pk")
        self._overrides = overrides_of(corrections)
        self._extensions = extensions_of(extensions)
        self.terms: Terms = terms_of(assignment)
        self.due: datetime | None = deadline(self.terms.due, self._extensions)
        self.note = "" if self._shown(assignment, now) else _NOTES[HiddenVerdicts(assignment.hidden_verdicts)]

    def result(self, upload: Upload) -> FinalGrade | None:
        """Return what is shown of the grade of one of the member's uploads."""
        found = result_of(upload)
        return self.grade(found) if found else None

    def grade(self, result: GradingResult) -> FinalGrade:
        """Return what is shown of the grade of a result of the member's."""
        if self.note and has_hidden(result):
            raw, told = withheld(result, self.note), told_overrides(self._overrides, result)
            return without_score(final_grade(raw, told, self.terms, self._extensions), self.note)
        grade = final_grade(result, self._overrides, self.terms, self._extensions)
        return replace(grade, result=redact(grade.result))

    def _shown(self, assignment: CourseAssignment, now: datetime) -> bool:
        """Return whether hidden verdicts are shown; the deadline includes the grace period."""
        match HiddenVerdicts(assignment.hidden_verdicts):
            case HiddenVerdicts.AT_ONCE:
                return True
            case HiddenVerdicts.AFTER_DEADLINE:
                grace: timedelta = self.terms.late.grace
                return self.due is not None and now > self.due + grace
        return False
