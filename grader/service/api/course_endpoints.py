"""Endpoints for staff: batches of submissions, the tasks that take them, and exports."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Router
from ninja.responses import Status

from grader import strict_json
from grader.export.formats import BY_NAME, Format
from grader.sanitize import one_line
from grader.service import access, audit
from grader.service.api import messages
from grader.service.api.bearer import Bearer, assignment_for, task_for
from grader.service.api.problems import RefusedRequest
from grader.service.api.schemas import FILE, ApiTask, answers, content
from grader.service.atomic_writes import atomic
from grader.service.blob_store import store_blob
from grader.service.credentials import Scope
from grader.service.export_grades import FILE_OPTIONS, MOST_FILE_MB, export_with_files, exportable, exporters
from grader.service.models import CourseAssignment, Task
from grader.service.pages.task_views import begin_again
from grader.service.requests import account_of
from grader.service.work import task_messages
from grader.service.work.task_progress import ask_for

router = Router(tags=["staff"])

_MOST_REMARKS, _LONGEST_REMARK = 5, 200  # a header's length is bounded


def _form(**properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


@router.post(
    "/courses/{slug:course}/assignments/{slug:assignment}/batches",
    auth=Bearer(Scope.SUBMIT_FOR_OTHERS),
    response=answers({202: ApiTask}, 411, 413, 415, 507),
    operation_id="submit_batch",
    summary="Hand a platform's zip in",
    openapi_extra=_form(zip=FILE),
)
def submit_batch(request: HttpRequest, course: str, assignment: str) -> Status[dict[str, Any]]:
    """Take the zip that a learning platform gives of an assignment."""
    found = assignment_for(request, course, assignment, access.INSTRUCTORS)
    if request.content_type != "multipart/form-data":
        raise RefusedRequest(415, messages.ONE_ZIP)
    files = request.FILES.getlist("zip")
    if len(files) != 1 or not (files[0].name or "").lower().endswith(".zip"):
        raise RefusedRequest(422, messages.ONE_ZIP)
    if (files[0].size or 0) > settings.CONFIG.batch_limit:
        raise RefusedRequest(413, task_messages.zip_too_large(settings.CONFIG.batch_mb))
    blob = store_blob(files[0].chunks())
    with atomic():
        task = ask_for("batch", found, account_of(request), sha256=blob.sha256, size=blob.size, name=files[0].name)
        audit.record(request, "began batch", task.pk, course=found.course, size=blob.size)
    return Status(202, _told(task))


@router.get(
    "/tasks/{int:pk}",
    auth=Bearer(Scope.READ),
    response=answers({200: ApiTask}),
    operation_id="task_state",
    summary="Ask how far a task is",
)
def task_state(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Tell how far a task of staff is, and what it found."""
    return _told(task_for(request, pk))


@router.post(
    "/tasks/{int:pk}/again",
    auth=Bearer(Scope.GRADE),
    response=answers({202: ApiTask}),
    operation_id="run_task_again",
    summary="Run a failed task again",
)
def run_task_again(request: HttpRequest, pk: int) -> Status[dict[str, Any]]:
    """Ask anew for what a task that failed was to do; the answer is the new task."""
    return Status(202, _told(begin_again(request, task_for(request, pk, access.INSTRUCTORS))))


@router.get(
    "/courses/{slug:course}/assignments/{slug:assignment}/exports/{slug:name}",
    auth=Bearer(Scope.EXPORT),
    response=answers({200: None}),
    operation_id="export",
    summary="Export grades",
    openapi_extra=content("application/octet-stream", FILE),
)
def export(request: HttpRequest, course: str, assignment: str, name: str) -> HttpResponse:
    """Return the grades in a format of `grader export`; its options are in the query."""
    return _exported(request, *_chosen(request, course, assignment, name), {})


@router.post(
    "/courses/{slug:course}/assignments/{slug:assignment}/exports/{slug:name}",
    auth=Bearer(Scope.EXPORT),
    response=answers({200: None}, 411, 413, 415),
    operation_id="export_into",
    summary="Export grades into a platform's file",
    openapi_extra=content("application/octet-stream", FILE)
    | _form(**dict.fromkeys(FILE_OPTIONS, FILE), column={"type": "string"}),
)
def export_into(request: HttpRequest, course: str, assignment: str, name: str) -> HttpResponse:
    """Return a platform's file with the grades filled in; options may be in the form."""
    found, chosen = _chosen(request, course, assignment, name)  # before anything reads the body
    if request.content_type != "multipart/form-data":
        raise RefusedRequest(415, messages.MEDIA_TYPE)
    files = {option: file for option in FILE_OPTIONS if (file := request.FILES.get(option))}
    if any((file.size or 0) > MOST_FILE_MB << 20 for file in files.values()):
        raise RefusedRequest(413, task_messages.file_too_large(MOST_FILE_MB))
    read = {option: (file.name or option, file.read()) for option, file in files.items()}
    return _exported(request, found, chosen, read)


def _chosen(request: HttpRequest, course: str, assignment: str, name: str) -> tuple[CourseAssignment, Format]:
    """Return assignment and format, if they may be had; raises Http404."""
    if (chosen := BY_NAME.get(name)) is None:
        raise Http404
    found = assignment_for(request, course, assignment, exporters(chosen))
    if not exportable(chosen, found):
        raise Http404
    return found, chosen


def _exported(
    request: HttpRequest, assignment: CourseAssignment, chosen: Format, files: dict[str, tuple[str, bytes]]
) -> HttpResponse:
    made = export_with_files(assignment, chosen, {**request.GET.dict(), **request.POST.dict()}, files)
    with atomic():
        audit.record(request, "exported", assignment.pk, course=assignment.course, format=chosen.name)
    disposition = content_disposition_header(True, one_line(made.name))
    headers = {"Content-Disposition": disposition or "attachment"}
    if made.remarks:
        told = [one_line(remark)[:_LONGEST_REMARK] for remark in made.remarks[:_MOST_REMARKS]]
        headers["Grader-Remarks"] = strict_json.dumps(told)
    return HttpResponse(made.content, content_type="application/octet-stream", headers=headers)


def _told(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk,
        "kind": task.kind,
        "state": task.state,
        "done": task.done,
        "total": task.total,
        "found": task.found,
        "link": settings.CONFIG.url + reverse("api:task_state", args=[task.pk]),
        "summary": task.message or messages.TASKS[task.state],
        "timestamp": timezone.now(),
    }
