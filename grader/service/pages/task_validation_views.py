"""What ``grader assignment test`` found of an assignment, and the form that runs it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from grader.service import access
from grader.service.models import ApprovedAssignment, CourseAssignment
from grader.service.pages.staff_links import roles_for
from grader.service.pages.task_views import begin, page_context
from grader.service.requests import account_of


@require_http_methods(["GET", "POST"])
def validation(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show the report on an assignment of a course to its staff; instructors may run it."""
    assignment = access.assignment_for(account_of(request), course, slug, roles_for(request))
    if request.method == "POST":
        return begin(request, "validation", assignment, files=assignment.files_id)
    return _page(request, assignment.files, assignment)


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report on an approved assignment to administrators, who may run it."""
    access.require_administrator(account_of(request))
    found = get_object_or_404(ApprovedAssignment, pk=pk)
    if request.method == "POST":
        return begin(request, "validation", None, files=found.pk)
    return _page(request, found, None)


def _page(request: HttpRequest, found: ApprovedAssignment, assignment: CourseAssignment | None) -> HttpResponse:
    report = made = None
    if found.validation:
        from grader.validation.validation_report import ValidationReport  # its package loads pytest

        report, made = ValidationReport.from_json(found.validation), datetime.fromisoformat(found.validation["made"])
    context = page_context(request, assignment) | {"files": found, "report": report, "made": made}
    return render(request, "service/task_validation.html", context)
