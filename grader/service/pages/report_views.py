"""The reports of an upload: the same pages as in a batch."""

from __future__ import annotations

import re
import uuid

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from grader.report import student_page
from grader.service import access
from grader.service.pages import messages
from grader.service.requests import account_of
from grader.service.student_results import student_result

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"')
_HASHES = re.compile(r"(style-src|script-src) ('[^;]*')")


@require_GET
def report(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Show what a student reads of an upload."""
    found = get_object_or_404(access.uploads(account_of(request)), pk=pk)
    grade = student_result(found, timezone.now())
    if grade is None:
        raise Http404
    assignment = found.assignment
    back = [
        (reverse("assignment", args=[assignment.course.slug, assignment.slug]), messages.TO_ASSIGNMENT),
        (reverse("upload", args=[pk]), messages.to_attempt(found.attempt)),
    ]
    return with_own_policy(request, student_page(grade, assignment_title=assignment.title, contents=back))


def with_own_policy(request: HttpRequest, page: str) -> HttpResponseBase:
    """Return a page whose header allows what its own policy, made of hashes, allows.

    That is the first one in it: what looks like a policy further down may be a student's text.
    """
    own = _POLICY.search(page)
    hashes = {name: value.split() for name, value in _HASHES.findall(own[1] if own else "")}
    return csp_replace(hashes)(lambda _: HttpResponse(page))(request)
