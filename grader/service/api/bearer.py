"""The one place that asks what a token is good for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from grader.service import access
from grader.service.api import messages
from grader.service.api.problems import RefusedRequest
from grader.service.credentials import Scope, find_token
from grader.service.models import ApiToken, Course, CourseAssignment, Role, Task, Upload
from grader.service.requests import account_of


class Bearer(HttpBearer):
    """The header ``Authorization: Bearer TOKEN``, with a token of one of some scopes."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self._scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Sign the token's account in for this request alone."""
        if (found := find_token(token)) is None:
            return None
        request.user = found.account
        request.token = found  # type: ignore[attr-defined]
        if self._scopes:
            need(request, *self._scopes)
        return found


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token that a request came with."""
    token: ApiToken = request.token  # type: ignore[attr-defined]
    return token


def need(request: HttpRequest, *scopes: Scope) -> None:
    """Raise RefusedRequest for a token that has none of some scopes."""
    if not set(scopes) & set(token_of(request).scopes):
        raise RefusedRequest(403, messages.no_scope(scopes), "scope")


def course_for(request: HttpRequest, slug: str, roles: Iterable[Role] = tuple(Role)) -> Course:
    """Return a course that both account and token are for; raises Http404.

    An empty name is the course of a token that is for one alone.
    """
    course = token_of(request).course
    if not slug and course is None:
        raise RefusedRequest(422, messages.NAME_COURSE)
    if course and slug not in ("", course.slug):
        raise Http404
    return access.course_for(account_of(request), slug or str(course and course.slug), roles)


def assignment_for(
    request: HttpRequest, course: str, name: str, roles: Iterable[Role] = tuple(Role)
) -> CourseAssignment:
    """Return an assignment of such a course, by its name there or that of its files.

    Raises Http404.
    """
    found = course_for(request, course, roles)
    assignments = found.assignments.select_related("course", "files")
    named = assignments.filter(slug=name).first()
    of_files = assignments.filter(files__slug=name)[:2]
    if named is None and len(of_files) != 1:
        raise Http404
    return named or of_files[0]


def task_for(request: HttpRequest, pk: int, roles: Iterable[Role] = access.STAFF) -> Task:
    """Return a task that both account and token are for; raises Http404."""
    task = access.task_for(account_of(request), pk, roles)
    if (course := token_of(request).course) and (task.assignment is None or task.assignment.course != course):
        raise Http404
    return task


def uploads(request: HttpRequest) -> QuerySet[Upload]:
    """Return the uploads that both account and token are for."""
    seen = access.uploads(account_of(request))
    return seen.filter(assignment__course=course) if (course := token_of(request).course) else seen


def upload_for(request: HttpRequest, pk: uuid.UUID, view: str = "student") -> Upload:
    """Return an upload in somebody's view, the student's or staff's; raises Http404."""
    found = uploads(request).filter(pk=pk).first()
    if found is None or (view == "staff" and not access.is_staff_of(account_of(request), found)):
        raise Http404
    return found
