"""The long work of an assignment: what can be asked for, how far it is, what it found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from grader.errors import UsageError
from grader.result import GradingResult
from grader.service import access, audit
from grader.service.atomic_writes import atomic
from grader.service.models import CourseAssignment, Member, PublishedResult, Task, TaskState, Upload
from grader.service.pages.page_answers import refused
from grader.service.pages.staff_links import staff_context
from grader.service.requests import account_of
from grader.service.upload_grades import latest_uploads, newest_results
from grader.service.work import task_messages
from grader.service.work.task_progress import ask_again, ask_for, can_be_published, open_task, publication_of

_LISTED = 50
_ASKED_FOR_CHECKS = 3  # results; together they have every check that somebody's code was reached by


@require_GET
def tasks(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show forms for a batch and a regrade, and the assignment's tasks, newest first."""
    assignment = access.assignment_for(account_of(request), course, slug, access.STAFF)
    context = {
        "tasks": assignment.tasks.select_related("by").order_by("-pk")[:_LISTED],
        "checks": [(id_, id_) for id_ in _check_ids(assignment)],
    }
    return render(request, "service/task_list.html", page_context(request, assignment) | context)


@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a task is, and what it found."""
    found = access.task_for(account_of(request), pk)
    said = {"task": found, "open": found.state not in TaskState.ended(), "text": task_messages.progress(found)}
    context = page_context(request, found.assignment) | said | _details(found)
    return render(request, "service/task.html", context)


@require_GET
def task_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return how far a task is, for the page that polls it."""
    found = access.task_for(account_of(request), pk)
    said = {
        "open": found.state not in TaskState.ended(),
        "state": found.state,
        "done": found.done,
        "total": found.total,
    }
    return JsonResponse(said | {"message": found.message, "text": task_messages.progress(found)})


def page_context(request: HttpRequest, assignment: CourseAssignment | None) -> dict[str, Any]:
    """Return what every page of long work shows; that of no assignment is administrators'."""
    if assignment is None:
        return {"assignment": None, "links": [], "crumbs": [], "may_change": True, "messages": task_messages}
    return staff_context(request, assignment.course, assignment) | {"messages": task_messages}


def begin(
    request: HttpRequest, kind: str, assignment: CourseAssignment | None, **given: object
) -> HttpResponseRedirect:
    """Ask for a task, unless one of its kind is under way, and lead to its page."""
    with atomic():
        found = open_task(assignment, kind) if assignment and kind != "batch" else None
        if found is None:
            found = ask_for(kind, assignment, account_of(request), **given)
            course = assignment.course if assignment else None
            audit.record(request, f"asked for {kind}", found.pk, course=course, **_harmless(given))
    return redirect("task", found.pk)


@require_POST
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run what failed again, as a new task, and lead to that."""
    try:
        return redirect("task", begin_again(request, access.task_for(account_of(request), pk, access.INSTRUCTORS)).pk)
    except UsageError as error:
        return refused(request, str(error), "task", pk)


def begin_again(request: HttpRequest, found: Task) -> Task:
    """Ask anew for what a task was to do; raises UsageError as :func:`ask_again` does."""
    with atomic():
        failed = Task.objects.select_for_update(of=("self",)).select_related("assignment__course").get(pk=found.pk)
        task, new = ask_again(failed, account_of(request))
        if new:
            course = failed.assignment.course if failed.assignment else None
            audit.record(request, "ran a task again", task.pk, course=course, failed=failed.pk)
    return task


def _harmless(given: dict[str, object]) -> dict[str, object]:
    """Return what an audit entry may hold: no name of a file, which may be a person's."""
    return {key: value for key, value in given.items() if key != "name"}


def _check_ids(assignment: CourseAssignment) -> list[str]:
    """Return the checks that the newest results have, in their order."""
    newest = newest_results(latest_uploads(assignment)).filter(status="graded").order_by("-pk")
    documents = [_checks_of(published) for published in newest[:_ASKED_FOR_CHECKS]]
    return list(dict.fromkeys(id_ for ids in documents for id_ in ids))


def _checks_of(published: PublishedResult) -> list[str]:
    result = GradingResult.from_json(published.document)
    return [check.id for exercise in result.exercises for check in exercise.checks]


def _details(found: Task) -> dict[str, Any]:
    if found.kind == "batch":
        members = found.of_assignment.course.members.filter(active=True).order_by("name", "pk")
        return {"members": members, "by_pk": {m.pk: m for m in members}}
    if found.kind == "regrade":
        changes = found.found.get("changes", [])
        uploads = Upload.objects.select_related("member").in_bulk([change["upload"] for change in changes])
        people: dict[str, Member] = {str(pk): upload.member for pk, upload in uploads.items()}
        return {"people": people, "applied": publication_of(found), "publishable": can_be_published(found)}
    return {}
