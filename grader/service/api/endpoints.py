"""Endpoints of the REST API: hand in, ask for the state, the result, the report."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from ninja import File, Form, NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from grader.result import redact
from grader.service import access, audit
from grader.service.accept import accept
from grader.service.credentials import Scope, find_token
from grader.service.models import Upload
from grader.service.requests import account_of
from grader.service.upload_grades import final_grade_of


class Bearer(HttpBearer):
    """The header ``Authorization: Bearer TOKEN``."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Sign the token's account in for this request alone."""
        if (found := find_token(token)) is None:
            return None
        request.user = found.account
        request.token = found  # type: ignore[attr-defined]
        return found


api = NinjaAPI(title="Grader", version="1", auth=Bearer(), urls_namespace="api")


class Accepted(Schema):
    """An upload that is stored and will be graded."""

    id: uuid.UUID
    sha256: str
    attempt: int
    received: datetime
    summary: str


def api_urls() -> Any:
    """Return the API's addresses, which take a token instead of a session."""
    patterns, *names = api.urls
    for pattern in patterns:
        if pattern.callback:
            pattern.callback = login_not_required(pattern.callback)
    return patterns, *names


def _need(request: HttpRequest, scope: Scope) -> None:
    if scope not in request.token.scopes:  # type: ignore[attr-defined]
        raise HttpError(403, f"The token has no scope {scope}.")


@api.post("/submissions", response={202: Accepted}, operation_id="submit")
def submit(
    request: HttpRequest,
    course: Form[str],
    assignment: Form[str],
    notebook: UploadedFile = File(...),  # type: ignore[type-arg] # noqa: B008
) -> tuple[int, dict[str, Any]]:
    """Hand in a notebook."""
    _need(request, Scope.SUBMIT)
    account = account_of(request)
    found = access.assignment_for(account, course, assignment)
    member = access.memberships(account).filter(course=found.course).first()
    if member is None:
        raise HttpError(403, "The token's account is not in this course.")
    if (notebook.size or 0) > settings.CONFIG.upload_limit:
        raise HttpError(413, f"The upload is larger than the {settings.CONFIG.upload_mb} MB that are allowed.")
    made = accept(found, member, notebook.name or "notebook.ipynb", notebook.chunks(), by=account, source="api")
    audit.record(request, "uploaded", made.pk, course=found.course, size=made.size)
    said = {"id": made.pk, "sha256": made.sha256, "attempt": made.attempt, "received": made.received}
    return 202, {**said, "summary": "The notebook is stored and will be graded."}


@api.get("/submissions/{pk}", operation_id="result")
def result(request: HttpRequest, pk: uuid.UUID) -> dict[str, Any]:
    """Return how far a submission is, and its result once there is one."""
    _need(request, Scope.READ)
    found = access.uploads(account_of(request)).filter(pk=pk).first()
    if found is None:
        raise HttpError(404, "There is no such submission.")
    grade = final_grade_of(found)
    return {"id": pk, "state": found.state, "score": grade.score if grade else None, "result": _shown(found, grade)}


def _shown(upload: Upload, grade: Any) -> dict[str, Any] | None:
    return redact(grade.result).to_json() if grade else None
