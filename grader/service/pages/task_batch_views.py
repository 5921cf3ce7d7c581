"""Take the zip of a platform, and say whose a submission of nobody's is."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from grader.service import access, audit
from grader.service.blob_store import store_blob
from grader.service.models import CourseAssignment
from grader.service.pages.task_views import begin
from grader.service.requests import account_of
from grader.service.work import task_messages
from grader.service.work.batch_rows import assign


@csrf_exempt  # until it is known who asks: looking for the token reads the body, which may be large
@require_POST
def upload_batch(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """Take a zip, and lead to the task that reads it."""
    assignment = access.assignment_for(account_of(request), course, slug, access.INSTRUCTORS)
    return _upload_batch(request, assignment)


@csrf_protect
def _upload_batch(request: HttpRequest, assignment: CourseAssignment) -> HttpResponse:
    file = request.FILES.get("zip")
    if file is None or not file.name or not file.name.lower().endswith(".zip"):
        notices.error(request, task_messages.CHOOSE_ZIP)
    elif (file.size or 0) > settings.CONFIG.batch_limit:
        notices.error(request, task_messages.zip_too_large(settings.CONFIG.batch_mb))
    else:
        blob = store_blob(file.chunks())
        return begin(request, "batch", assignment, sha256=blob.sha256, size=blob.size, name=file.name)
    return redirect("staff-tasks", assignment.course.slug, assignment.slug)


@require_POST
def assign_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a submission of nobody's that of the member who was chosen."""
    task = access.task_for(account_of(request), pk, access.INSTRUCTORS)
    number, chosen = request.POST.get("number", ""), request.POST.get("member", "")
    members = task.of_assignment.course.members.filter(active=True)
    member = members.filter(pk=chosen).first() if chosen.isdecimal() else None
    if member is None or not number.isdecimal():
        notices.error(request, task_messages.CHOOSE_MEMBER)
    elif upload := assign(task, int(number), member, account_of(request)):
        audit.record(request, "assigned a submission", upload.pk, course=task.of_assignment.course, member=member.pk)
        notices.success(request, task_messages.ASSIGNED)
    else:
        notices.info(request, task_messages.ASSIGNED_BEFORE)
    return redirect("task", pk)
