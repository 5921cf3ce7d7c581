"""One person in an assignment: attempts, grade, corrections, reviews."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grader.corrections import FinalGrade
from grader.corrections.corrected import located
from grader.corrections.messages import EARLIER_SUBMISSION
from grader.report import staff_page
from grader.report.grade_sentences import CorrectionFact, correction_fact, staff_sentences
from grader.report.staff_attention import attention
from grader.sanitize import one_line
from grader.service import access, audit
from grader.service.blob_store import blob_path
from grader.service.grade_again import grade_again as put_in_queue
from grader.service.models import Correction, CourseAssignment, Member, Role, State, Upload
from grader.service.pages import staff_links
from grader.service.pages import staff_messages as messages
from grader.service.pages.page_answers import done, refused
from grader.service.pages.report_views import with_own_policy
from grader.service.pages.staff_corrections import (
    CorrectionForm,
    grade_that_counts,
    keep_corrections,
    staff_member_for,
)
from grader.service.requests import account_of
from grader.service.upload_grades import final_grade_of, latest_uploads, newest_results, override_of


@dataclass(frozen=True, slots=True)
class CorrectionEntry:
    """A correction as the page lists it; ``why_not`` says why it does not count."""

    row: Correction
    fact: CorrectionFact
    why_not: str


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, course: str, slug: str, member: int) -> HttpResponse:
    """Show a member's attempts and grade, and correct it."""
    assignment, one = staff_member_for(request, course, slug, member)
    grade = grade_that_counts(assignment, one)
    form = CorrectionForm(request.POST if request.method == "POST" else None, grade.raw, one) if grade else None
    if request.method == "POST":
        if form is None:
            return refused(request, messages.NOTHING_TO_CORRECT, request.path)
        if form.is_valid() and form.override:
            keep_corrections(request, assignment, one, [form.override])
            return done(request, messages.CORRECTED, request.path)
    context = staff_links.staff_context(request, assignment.course, assignment) | _context(assignment, one, grade)
    status = 422 if form and form.is_bound else 200
    return render(request, "service/staff_person.html", context | {"form": form}, status=status)


def _context(assignment: CourseAssignment, member: Member, grade: FinalGrade | None) -> dict[str, Any]:
    uploads = member.uploads.filter(assignment=assignment)
    results = {r.upload_id: r for r in newest_results(uploads).defer("document")}
    return {
        "member": member,
        "grade": grade,
        "sentences": staff_sentences(grade) if grade else [],
        "attention": attention(grade, staff_links.staff_site(assignment)) if grade else "",
        "attempts": [(u, results.get(u.pk)) for u in uploads.prefetch_related("files").order_by("-attempt")],
        "entries": _entries(assignment, member, grade),
        "extensions": assignment.extensions.filter(member=member).order_by("pk"),
        "neighbours": neighbours(assignment, member),
    }


def _entries(assignment: CourseAssignment, member: Member, grade: FinalGrade | None) -> list[CorrectionEntry]:
    rows = list(assignment.corrections.filter(member=member).select_related("member", "by").order_by("pk"))
    why = [_why_not(row, grade) for row in rows]
    last = {_target(row): row.pk for row, fault in zip(rows, why, strict=True) if not fault and row.points is not None}
    for n, row in enumerate(rows):
        if not why[n] and row.points is not None and last[_target(row)] != row.pk:
            why[n] = messages.REPLACED
    return [CorrectionEntry(r, correction_fact(grade, override_of(r)), w) for r, w in zip(rows, why, strict=True)]


def _target(correction: Correction) -> tuple[str, str]:
    return correction.exercise, correction.check_id


def _why_not(correction: Correction, grade: FinalGrade | None) -> str:
    if correction.taken_back or grade is None:
        return "taken back" if correction.taken_back else ""
    override = override_of(correction)
    of_this = override.is_of(grade.raw.submission.sha256)
    return located(grade.raw, override)[1] if of_this else EARLIER_SUBMISSION


def neighbours(assignment: CourseAssignment, member: Member) -> list[tuple[str, int, str]]:
    """Return who stands before and after a member by name, of those who have a row."""
    handed_in = Q(pk__in=assignment.uploads.values("member"))
    rows = assignment.course.members.filter(Q(active=True, role=Role.STUDENT) | handed_in).order_by("name", "pk")
    found = list(rows.values_list("pk", "name"))
    place = next((n for n, (pk, _) in enumerate(found) if pk == member.pk), None)
    if place is None:
        return []
    beside = [("Before", place - 1), ("Next", place + 1)]
    return [(text, *found[n]) for text, n in beside if 0 <= n < len(found)]


def _upload(request: HttpRequest, pk: uuid.UUID) -> Upload:
    found = get_object_or_404(access.uploads(account_of(request)), pk=pk)
    if not access.is_staff_of(account_of(request), found):
        raise Http404
    return found


@require_GET
def review(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Show an attempt in full, as in a batch."""
    found = _upload(request, pk)
    grade = final_grade_of(found)
    if grade is None:
        raise Http404
    page = staff_page(grade, assignment_title=found.assignment.title, contents=_contents(found))
    return with_own_policy(request, page)


def _contents(upload: Upload) -> Sequence[tuple[str, str]]:
    assignment, member = upload.assignment, upload.member
    place = [assignment.course.slug, assignment.slug]
    links = [
        (reverse("staff-assignment", args=place), "Submissions"),
        (staff_links.person_address(assignment, member.pk), "Correct"),
    ]
    attempts = member.uploads.filter(assignment=assignment).exclude(pk=upload.pk).exclude(results=None)
    links += [(reverse("review", args=[u.pk]), f"Attempt {u.attempt}") for u in attempts.order_by("attempt")]
    beside = neighbours(assignment, member)
    graded = latest_uploads(assignment).filter(member__in=[pk for _, pk, _ in beside]).exclude(results=None)
    reviews = {pk: reverse("review", args=[latest]) for pk, latest in graded.values_list("member", "pk")}
    for text, pk, name in beside:
        links.append((reviews.get(pk) or staff_links.person_address(assignment, pk), f"{text}: {name}"))
    return links


@require_GET
def feedback(request: HttpRequest, course: str, slug: str, member: int) -> HttpResponse:
    """Lead to what a member reads of the latest attempt."""
    assignment, one = staff_member_for(request, course, slug, member)
    latest = one.uploads.filter(assignment=assignment).order_by("attempt").last()
    if latest is None:
        raise Http404
    return redirect("report", latest.pk)


@require_GET
def notebook(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send the notebook as it was handed in, to be kept and never shown."""
    found = _upload(request, pk)
    name = one_line(found.file_name)
    file = blob_path(found.sha256).open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_POST
def grade_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Grade an attempt again; until then its grade stands."""
    found = _upload(request, pk)
    if put_in_queue(Upload.objects.filter(pk=pk).exclude(state__in=State.open())):
        audit.record(request, "graded again", pk, course=found.assignment.course)
        notices.success(request, messages.GRADED_AGAIN)
    else:
        notices.info(request, messages.STILL_GRADED)
    return redirect(staff_links.person_address(found.assignment, found.member_id))
