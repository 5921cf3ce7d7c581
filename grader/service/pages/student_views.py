"""What students see: their courses, an assignment, an upload."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from grader.service import access, audit
from grader.service.accept import accept
from grader.service.admission import HEAD, NotAcceptedError, require_notebook
from grader.service.atomic_writes import own_transaction
from grader.service.models import Account, Course, CourseAssignment, Member, State, Upload
from grader.service.pages import messages
from grader.service.pages.student_facts import AssignmentFacts, progress_sentence
from grader.service.requests import account_of
from grader.service.student_results import student_result


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the courses of who is signed in, and what is due next."""
    account = account_of(request)
    now = timezone.now()
    courses = []
    for course in access.courses(account).prefetch_related("assignments__files"):
        member = _member(account, course)
        facts = sorted((AssignmentFacts(one, member, now) for one in course.assignments.all()), key=_nearest)
        courses.append((course, access.role_in(account, course), facts))
    coming = [f for _, role, facts in courses if role not in access.STAFF for f in facts if f.due and not f.overdue]
    soonest = min(coming, key=lambda f: f.due, default=None)  # type: ignore[arg-type, return-value] # each has one
    return render(request, "service/home.html", {"courses": courses, "soonest": soonest, "staff": access.STAFF})


@require_GET
def assignment(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show an assignment, the form to hand in and one's own attempts."""
    found = access.assignment_for(account_of(request), course, slug)
    return _show(request, found)


@own_transaction  # the upload is stored before it begins
@require_POST
def hand_in(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Take an upload, and lead to its page.

    Where it is not taken, the page with the form says why."""
    account = account_of(request)
    found = access.assignment_for(account, course, slug)
    member = _member(account, found.course)
    if member is None:
        raise Http404
    try:
        made = _accept(request, found, member, account)
    except NotAcceptedError as refusal:
        if _by_script(request):
            return JsonResponse({"error": str(refusal)}, status=refusal.status, headers=refusal.headers)
        return _show(request, found, refusal)
    page = reverse("upload", args=[made.pk])
    return JsonResponse({"page": page}) if _by_script(request) else redirect(page)


@never_cache
@require_GET
def upload(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far grading an upload is, and what came of it."""
    found = _upload(request, pk)
    latest = not Upload.objects.filter(
        assignment=found.assignment, member=found.member, attempt__gt=found.attempt
    ).exists()
    facts = {
        "upload": found,
        "open": found.state in State.open(),
        "said": progress_sentence(found),
        "grade": student_result(found, timezone.now()),
        "latest": latest,
    }
    return render(request, "service/upload.html", facts)


@never_cache
@require_GET
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Return how far grading an upload is, for the page that polls it."""
    found = _upload(request, pk)
    return JsonResponse({"state": found.state, "open": found.state in State.open(), "text": progress_sentence(found)})


def _accept(request: HttpRequest, found: CourseAssignment, member: Member, account: Account) -> Upload:
    file = request.FILES.get("notebook")
    if file is None or not file.name:
        raise NotAcceptedError(400, "no-file", messages.NO_FILE)
    require_notebook(file.name, file.size or 0, file.read(HEAD))

    def note(made: Upload) -> None:
        audit.record(request, "uploaded", made.pk, course=found.course, size=made.size)

    return accept(found, member, file.name, _content(file), by=account, note=note)


def _content(file: UploadedFile[bytes]) -> Iterator[bytes]:
    file.seek(0)
    yield from file.chunks()


def _show(request: HttpRequest, found: CourseAssignment, refusal: NotAcceptedError | None = None) -> HttpResponse:
    member = _member(account_of(request), found.course)
    context = {
        "facts": AssignmentFacts(found, member, timezone.now()),
        "assignment": found,
        "refused": str(refusal or ""),
        "most_mb": settings.CONFIG.upload_mb,
    }
    answer = render(request, "service/assignment.html", context, status=refusal.status if refusal else 200)
    for name, value in refusal.headers.items() if refusal else ():
        answer[name] = value
    return answer


def _nearest(facts: AssignmentFacts) -> tuple[bool, float]:
    """Return what sorts assignments: what is still to come, then what is over."""
    return facts.overdue, facts.due.timestamp() if facts.due else float("inf")


def _member(account: Account, course: Course) -> Member | None:
    return access.memberships(account).filter(course=course).first()


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _upload(request: HttpRequest, pk: uuid.UUID) -> Upload:
    return get_object_or_404(access.uploads(account_of(request)), pk=pk)
