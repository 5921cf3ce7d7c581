"""Assignments on this machine, and whose code may run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from grader.errors import UsageError
from grader.service import assignment_approval, audit
from grader.service.models import ApprovedAssignment, Course
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_only import administrators
from grader.service.pages.page_answers import done, refused
from grader.service.requests import account_of


@administrators
@require_GET
def assignments(request: HttpRequest) -> HttpResponse:
    """List what lies in the configured folders, and what was approved."""
    found = assignment_approval.found_assignments()
    shown = {f.approval.pk for f in found if f.approval}
    others = (
        ApprovedAssignment.objects.exclude(pk__in=shown).select_related("approved_by").order_by("slug", "-approved")
    )
    facts = {"found": found, "others": others, "courses": Course.objects.order_by("title")}
    return render(request, "service/administrator_assignments.html", facts)


@administrators
@require_POST
def approve_assignment(request: HttpRequest) -> HttpResponse:
    """Let the files that were shown run."""
    slug, digest = request.POST.get("slug", ""), request.POST.get("digest", "")
    try:
        row = assignment_approval.approve_shown(slug, digest, account_of(request))
    except UsageError as error:
        return refused(request, str(error), "administrator-assignments")
    audit.record(request, "approved assignment", row.slug, digest=row.digest)
    return done(request, messages.approved(row.slug, row.uses.count()), "administrator-assignments")


@administrators
@require_POST
def withdraw_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the files of an approval run no more."""
    row = get_object_or_404(ApprovedAssignment, pk=pk)
    assignment_approval.withdraw(row)
    audit.record(request, "withdrew approval", row.slug, digest=row.digest)
    return done(request, messages.approval_withdrawn(row.slug), "administrator-assignments")


@administrators
@require_POST
def limit_courses(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which courses may use an approved assignment; none chosen is all."""
    row = get_object_or_404(ApprovedAssignment, pk=pk)
    chosen = Course.objects.filter(pk__in=[text for text in request.POST.getlist("course") if text.isdecimal()])
    row.courses.set(chosen)
    audit.record(request, "limited assignment", row.slug, courses=[course.slug for course in chosen])
    return done(request, messages.limited(row.slug, len(chosen)), "administrator-assignments")
