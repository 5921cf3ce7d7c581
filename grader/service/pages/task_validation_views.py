"""What ``grader assignment test`` found of an assignment, and the form that runs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from grader.service import access
from grader.service.models import ApprovedAssignment
from grader.service.pages.task_views import INSTRUCTORS, begin, page_context
from grader.service.requests import account_of


@require_http_methods(["GET", "POST"])
def validation(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show the report on an assignment of a course to its staff; instructors may run it."""
    changes = request.method == "POST"
    roles = INSTRUCTORS if changes else access.STAFF
    assignment = access.assignment_for(account_of(request), course, slug, roles)
    if changes:
        return begin(request, "validation", assignment, files=assignment.files_id)
    may_change = access.role_in(account_of(request), assignment.course) in INSTRUCTORS
    return _page(request, assignment.files, page_context(assignment) | {"may_change": may_change})


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report on an approved assignment to administrators, who may run it."""
    if not account_of(request).is_superuser:
        raise Http404
    found = get_object_or_404(ApprovedAssignment, pk=pk)
    if request.method == "POST":
        return begin(request, "validation", None, files=found.pk)
    return _page(request, found, {"may_change": True, "assignment": None})


def _page(request: HttpRequest, found: ApprovedAssignment, context: dict[str, Any]) -> HttpResponse:
    report = made = None
    if found.validation:
        from grader.validation.validation_report import ValidationReport  # its package loads pytest

        report, made = ValidationReport.from_json(found.validation), datetime.fromisoformat(found.validation["made"])
    return render(request, "service/task_validation.html", context | {"files": found, "report": report, "made": made})
