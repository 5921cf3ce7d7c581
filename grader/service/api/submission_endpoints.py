"""Endpoints that tell of submissions: state, result, report, notebook, and lists of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from grader import strict_json
from grader.corrections import FinalGrade
from grader.report import staff_page, student_page
from grader.sanitize import one_line
from grader.service import access
from grader.service.api import messages
from grader.service.api.bearer import Bearer, assignment_for, course_for, upload_for, uploads
from grader.service.api.fields import Line
from grader.service.api.problems import RefusedRequest
from grader.service.api.schemas import FILE, ResultDocument, SubmissionPage, SubmissionState, answers, content
from grader.service.api.submission_rows import members_called, page_from_cursor, row_of
from grader.service.blob_store import blob_path
from grader.service.credentials import Scope
from grader.service.models import State, Upload
from grader.service.pages.report_views import with_own_policy
from grader.service.requests import account_of
from grader.service.student_results import student_result
from grader.service.upload_grades import final_grade_of

router = Router(tags=["submissions"], auth=Bearer(Scope.READ))

View = Literal["student", "staff"]


class ListFilters(Schema):
    """Which submissions a list is of."""

    course: Line = ""
    assignment: Line = ""
    member: Line = ""
    state: State | None = None
    since: AwareDatetime | None = None
    cursor: Line = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@router.get(
    "/submissions", response=answers({200: SubmissionPage}), operation_id="list_submissions", summary="List submissions"
)
def list_submissions(request: HttpRequest, filters: Query[ListFilters]) -> dict[str, Any]:
    """List the submissions that the token may see, the newest first, in pages."""
    if unknown := sorted(set(request.GET) - set(ListFilters.model_fields)):
        raise RefusedRequest(422, messages.unknown_filter(unknown[0][:100]))
    found = uploads(request)
    if filters.assignment:
        found = found.filter(assignment=assignment_for(request, filters.course, filters.assignment))
    elif filters.course:
        found = found.filter(assignment__course=course_for(request, filters.course))
    if filters.member:
        found = found.filter(member__in=members_called(filters.member))
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.since:
        found = found.filter(received__gte=filters.since)
    return page_from_cursor(found, filters.cursor, filters.limit)


@router.get(
    "/submissions/{uuid:pk}",
    response=answers({200: SubmissionState}),
    operation_id="state",
    summary="Ask how far it is",
)
def state(request: HttpRequest, pk: uuid.UUID) -> dict[str, Any]:
    """Tell how far a submission is, and its points once there are some."""
    found = upload_for(request, pk)
    grade = _seen(found, "staff" if access.is_staff_of(account_of(request), found) else "student")
    return {
        **row_of(found),
        "score": grade.score if grade else None,
        "max_score": grade.result.max_score if grade else None,
        "summary": messages.STATES[found.state],
        "timestamp": timezone.now(),
    }


@router.get(
    "/submissions/{uuid:pk}/result",
    response=answers({200: ResultDocument}, 409),
    operation_id="result",
    summary="Get the result",
)
def result(request: HttpRequest, pk: uuid.UUID, view: View = "student") -> HttpResponse:
    """Return the result's fields in the student's view, or to staff all of it."""
    grade = _grade(upload_for(request, pk, view), view)
    return HttpResponse(strict_json.dumps(grade.result.to_json()), content_type="application/json")


@router.get(
    "/submissions/{uuid:pk}/report",
    response=answers({200: None}, 409),
    operation_id="report",
    summary="Get the report",
    openapi_extra=content("text/html"),
)
def report(request: HttpRequest, pk: uuid.UUID, view: View = "student") -> HttpResponseBase:
    """Return the report's page: the student's, or to staff theirs."""
    found = upload_for(request, pk, view)
    page = staff_page if view == "staff" else student_page
    return with_own_policy(request, page(_grade(found, view), assignment_title=found.assignment.title))


@router.get(
    "/submissions/{uuid:pk}/notebook",
    response=answers({200: None}),
    operation_id="notebook",
    summary="Get the notebook back",
    openapi_extra=content("application/octet-stream", FILE),
)
def notebook(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """Return what was handed in, byte by byte."""
    found = upload_for(request, pk)
    file = blob_path(found.sha256).open("rb")
    name = one_line(found.file_name)
    return FileResponse(file, as_attachment=True, filename=name, headers={"Content-Type": "application/octet-stream"})


def _grade(upload: Upload, view: View) -> FinalGrade:
    if (grade := _seen(upload, view)) is None:
        raise RefusedRequest(409, messages.NO_RESULT_YET, "no-result-yet")
    return grade


def _seen(upload: Upload, view: View) -> FinalGrade | None:
    return final_grade_of(upload) if view == "staff" else student_result(upload, timezone.now())
