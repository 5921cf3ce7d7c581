"""The endpoint that takes submissions."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header
from ninja.responses import Status

from grader.service import access, audit
from grader.service.accept import accept
from grader.service.api import messages
from grader.service.api.bearer import Bearer, assignment_for, need, token_of
from grader.service.api.problems import RefusedRequest
from grader.service.api.schemas import Accepted, answers
from grader.service.api.submission_endpoints import router
from grader.service.api.submission_request import documented_body, read_handed_in
from grader.service.api.submission_rows import accepted_row, members_called
from grader.service.credentials import Scope
from grader.service.idempotency import RequestKey
from grader.service.models import Course, CourseAssignment, Member, Role
from grader.service.requests import account_of

_KEY = r"^[\x21-\x7e]+$"


@router.post(
    "/submissions",
    auth=Bearer(Scope.SUBMIT, Scope.SUBMIT_FOR_OTHERS),
    response=answers({202: Accepted}, 409, 411, 413, 415, 507),
    operation_id="submit",
    summary="Hand a notebook in",
    openapi_extra=documented_body(),
)
def submit(
    request: HttpRequest,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", pattern=_KEY, max_length=200)] = None,
) -> Status[dict[str, Any]]:
    """Hand a notebook in, for oneself or, as staff, for a member of the course.

    It is on disk when this is answered. The same request with the same Idempotency-Key gets the same answer, and is
    handed in once.
    """
    handed_in = read_handed_in(request)
    fields = handed_in.fields
    for_other = bool(fields.member)
    need(request, Scope.SUBMIT_FOR_OTHERS if for_other else Scope.SUBMIT)
    assignment = assignment_for(request, fields.course, fields.assignment, access.STAFF if for_other else tuple(Role))
    member = named_member(assignment.course, fields.member) if for_other else _own(request, assignment)
    key = RequestKey(token_of(request), idempotency_key) if idempotency_key else None
    made = accept(
        assignment, member, handed_in.file_name, handed_in.content, files=handed_in.files, by=account_of(request),
        source="api", key=key,
        note=lambda made: audit.record(request, "uploaded", made.pk, course=assignment.course, size=made.size),
    )  # fmt: skip
    return Status(202, accepted_row(made))


def _own(request: HttpRequest, assignment: CourseAssignment) -> Member:
    member = access.memberships(account_of(request)).filter(course=assignment.course).first()
    if member is None:
        raise RefusedRequest(403, messages.NOT_IN_COURSE, "no-member")
    return member


def named_member(course: Course, name: str) -> Member:
    """Return the one member that has a login, number or email; raises RefusedRequest."""
    found = members_called(name).filter(course=course, active=True)[:2]
    if len(found) != 1:
        raise RefusedRequest(*((409, messages.SEVERAL_MEMBERS, "several-members") if found else
                        (404, messages.NO_MEMBER, "no-member")))  # fmt: skip
    return found[0]
