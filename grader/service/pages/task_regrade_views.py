"""Ask for a preview of a regrade, publish what it found, or throw it away."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from grader.service import access, audit
from grader.service.models import Task, TaskState
from grader.service.pages.page_answers import done, refused
from grader.service.pages.task_views import begin
from grader.service.requests import account_of
from grader.service.work import task_messages
from grader.service.work.task_progress import Choice, ask_for, discard, publication_of


@require_POST
def regrade(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Ask for a preview, and lead to it."""
    assignment = access.assignment_for(account_of(request), course, slug, access.INSTRUCTORS)
    choice, check = request.POST.get("choice", ""), request.POST.get("check", "")[:300]
    if choice not in [*Choice] or (choice == Choice.CHECK and not check):
        return refused(request, task_messages.CHOOSE_SUBMISSIONS, "staff-tasks", course, slug)
    return begin(request, "regrade", assignment, choice=choice, check=check if choice == Choice.CHECK else "")


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the results of a preview, once."""
    with transaction.atomic():
        preview = _preview(request, pk)
        assignment = preview.of_assignment
        task = publication_of(preview)
        if task is None and not preview.found.get("discarded"):
            task = ask_for("apply-regrade", assignment, account_of(request), preview=pk)
            audit.record(request, "published a regrade", pk, course=assignment.course)
    return redirect("task", task.pk) if task else refused(request, task_messages.DISCARDED, "task", pk)


@require_POST
def discard_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the results of a preview away, unless they are being published."""
    with transaction.atomic():
        preview = _preview(request, pk)
        if publication_of(preview):
            return refused(request, task_messages.NOT_DISCARDED, "task", pk)
        discard(preview)
        audit.record(request, "discarded a regrade", pk, course=preview.of_assignment.course)
    return done(request, task_messages.THROWN_AWAY, "task", pk)


def _preview(request: HttpRequest, pk: int) -> Task:
    """Return a preview that has ended, its row locked; raises Http404."""
    access.task_for(account_of(request), pk, access.INSTRUCTORS)
    held = Task.objects.select_for_update(of=("self",)).select_related("assignment__course")
    found = held.filter(pk=pk, kind="regrade", state=TaskState.DONE).first()
    if found is None:
        raise Http404
    return found
