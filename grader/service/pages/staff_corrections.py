"""Correct a person's grade by the rules of ``grader review``, and take that back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from grader.corrections import FinalGrade, Override, broken_rule, fitting, offered_again
from grader.errors import UsageError
from grader.report.check_text import case
from grader.result import GradingResult
from grader.sanitize import visible
from grader.service import access, audit
from grader.service.hook_events import tell_corrected
from grader.service.member_rows import row_id
from grader.service.models import Correction, CourseAssignment, Member
from grader.service.pages import staff_messages as messages
from grader.service.pages.page_answers import done, refused
from grader.service.pages.staff_links import person_address
from grader.service.requests import account_of
from grader.service.upload_grades import absence, grade_of_member, result_of


class CorrectionForm(forms.Form):
    """What is corrected of a result, and how; of the whole alone what is below the comment."""

    target = forms.ChoiceField(label="Of what")
    points = forms.FloatField(label="Points that count", required=False, min_value=0)
    comment = forms.CharField(
        label="Comment, which the student reads", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    excused = forms.BooleanField(label="Excuse: no grade, which is never 0", required=False)
    late_waived = forms.BooleanField(label="Take nothing off for lateness", required=False)
    days_late = forms.IntegerField(label="Days late, 0 for on time", required=False, min_value=0, max_value=3650)

    def __init__(self, data: Any, result: GradingResult, member: Member) -> None:
        super().__init__(data)
        self._result, self._member = result, member
        self.fields["target"] = forms.ChoiceField(label="Of what", choices=_targets(result))
        self.override: Override | None = None

    def clean(self) -> dict[str, Any]:
        """Hold what is set to the rules of corrections, and to the result."""
        given = self.cleaned_data
        if self.errors:
            return given
        exercise, check = json.loads(given["target"])
        override = Override(
            "", "", "", timezone.now(), exercise, check, given["points"], visible(given["comment"]),
            given["excused"], given["late_waived"], given["days_late"],
        )  # fmt: skip
        if rule := broken_rule(override):
            raise forms.ValidationError(messages.breaks(rule))
        try:
            self.override = fitting(self._result, row_id(self._member), override)
        except UsageError as error:
            raise forms.ValidationError(messages.unfit(str(error), self._result.submission.id)) from error
        return given


def _targets(result: GradingResult) -> list[tuple[str, str]]:
    """Return what may be corrected: the whole, each exercise, each check."""
    found = [(json.dumps(["", ""]), f"The whole submission, of {result.max_score:g} points")]
    for e in result.exercises:
        found.append((json.dumps([e.name, ""]), f"{e.title or e.name}, of {e.max_score:g}"))
        for c in e.checks:
            which = f" ({case(c)})" if case(c) else ""
            found.append((json.dumps([e.name, c.id]), f"· {e.title or e.name}: {c.title}{which}, of {c.max_points:g}"))
    return found


def staff_member_for(request: HttpRequest, course: str, slug: str, member: int) -> tuple[CourseAssignment, Member]:
    """Return an assignment and a member of its course to staff of it; raises Http404."""
    assignment = access.assignment_for(account_of(request), course, slug, access.STAFF)
    return assignment, get_object_or_404(assignment.course.members, pk=member)


def grade_that_counts(assignment: CourseAssignment, member: Member) -> FinalGrade | None:
    """Return a member's grade, None while the latest attempt has no result."""
    latest = member.uploads.filter(assignment=assignment).order_by("attempt").last()
    result = result_of(latest) if latest else absence(assignment, member)
    return grade_of_member(assignment, member, result) if result else None


@require_POST
def apply_again(request: HttpRequest, course: str, slug: str, member: int) -> HttpResponse:
    """Apply to the latest attempt what was set for an earlier one."""
    assignment, one = staff_member_for(request, course, slug, member)
    grade = grade_that_counts(assignment, one)
    try:
        again = offered_again(grade, row_id(one), "", timezone.now()) if grade else []
    except UsageError as error:
        return refused(request, str(error), person_address(assignment, member))
    keep_corrections(request, assignment, one, again)
    return done(request, messages.CORRECTED, person_address(assignment, member))


@require_POST
def take_back(request: HttpRequest, course: str, slug: str, member: int, pk: int) -> HttpResponse:
    """Take a correction back; it stays in the record."""
    assignment, one = staff_member_for(request, course, slug, member)
    standing = assignment.corrections.filter(pk=pk, member=one, taken_back=None)
    if not standing.update(taken_back=timezone.now()):
        raise Http404
    tell_corrected(assignment.corrections.get(pk=pk), taken_back=True)
    audit.record(request, "took a correction back", pk, course=assignment.course, member=one.pk)
    return done(request, messages.TAKEN_BACK, person_address(assignment, member))


def keep_corrections(
    request: HttpRequest, assignment: CourseAssignment, member: Member, overrides: Iterable[Override]
) -> None:
    """Write corrections down, each with who made it."""
    for o in overrides:
        made = Correction.objects.create(
            assignment=assignment, member=member, by=account_of(request), sha256=o.sha256, exercise=o.exercise,
            check_id=o.check, points=o.points, comment=o.comment, excused=o.excused, late_waived=o.late_waived,
            days_late=o.days_late,
        )  # fmt: skip
        tell_corrected(made)
        what = {"exercise": o.exercise, "check": o.check, "points": o.points, "excused": o.excused}
        audit.record(request, "corrected", made.pk, course=assignment.course, member=member.pk, **what)
