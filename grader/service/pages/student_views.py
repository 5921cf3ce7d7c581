"""What students see: their courses, an assignment, an upload and its report."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from grader.service import access, audit
from grader.service.accept import accept
from grader.service.models import State, Upload
from grader.service.requests import account_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the courses of who is signed in."""
    courses = access.courses(account_of(request)).prefetch_related("assignments")
    return render(request, "service/home.html", {"courses": courses})


@require_GET
def assignment(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show an assignment, the form to hand in and one's own attempts."""
    account = account_of(request)
    found = access.assignment_for(account, course, slug)
    own = Upload.objects.filter(assignment=found, member__account=account).order_by("-attempt")
    return render(request, "service/assignment.html", {"assignment": found, "uploads": own})


@require_POST
def hand_in(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Take an upload, and lead to its page."""
    account = account_of(request)
    found = access.assignment_for(account, course, slug)
    member = access.memberships(account).filter(course=found.course).first()
    if member is None:
        raise Http404
    file = request.FILES.get("notebook")
    back = HttpResponseRedirect(reverse("assignment", args=[course, slug]))
    if file is None or not file.name or (file.size or 0) > settings.CONFIG.upload_limit:
        notices.error(request, "Choose the notebook that you want to hand in.")
        return back
    made = accept(found, member, file.name, file.chunks(), by=account)
    audit.record(request, "uploaded", made.pk, course=found.course, size=made.size)
    return HttpResponseRedirect(reverse("upload", args=[made.pk]))


def _upload(request: HttpRequest, pk: uuid.UUID) -> Upload:
    found = access.uploads(account_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
def upload(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far grading an upload is, and its result."""
    found = _upload(request, pk)
    return render(request, "service/upload.html", {"upload": found, "result": found.results.order_by("version").last()})


@require_GET
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Return how far grading an upload is, for the page that polls it."""
    found = _upload(request, pk)
    return JsonResponse({"state": found.state, "open": found.state in State.open()})
