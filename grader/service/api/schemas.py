"""What the API answers, as it is documented."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict

from grader.service.api.problems import Problem


class SubmissionLinks(Schema):
    """Addresses of what there is of a submission."""

    status: str
    result: str
    report: str
    notebook: str


class Accepted(Schema):
    """A submission that is stored and will be graded."""

    id: uuid.UUID
    sha256: str
    attempt: int
    received: datetime
    links: SubmissionLinks
    summary: str
    timestamp: datetime


class HookIgnored(Schema):
    """An event of a type that nothing is done for."""

    summary: str
    timestamp: datetime


class ListedSubmission(Schema):
    """A submission in a list."""

    id: uuid.UUID
    course: str
    assignment: str
    login: str
    number: str
    attempt: int
    file_name: str
    sha256: str
    received: datetime
    state: str
    links: SubmissionLinks


class SubmissionState(ListedSubmission):
    """How far a submission is, and its points once they are known.

    ``score`` is None where there is no grade.
    """

    score: float | None
    max_score: float | None
    summary: str
    timestamp: datetime


class SubmissionPage(Schema):
    """Some submissions, the newest first; ``next`` is the cursor of those after them."""

    submissions: list[ListedSubmission]
    next: str | None


class ApiTask(Schema):
    """Long work that a worker does: ``done`` of ``total``, and what it found."""

    id: int
    kind: str
    state: str
    done: int
    total: int
    found: dict[str, Any]
    link: str
    summary: str
    timestamp: datetime


class ResultDocument(Schema):
    """A result, in the form of ``grader hook``."""

    model_config = ConfigDict(extra="allow")

    assignment: str
    status: str
    score: float
    max_score: float
    message: str
    submission: dict[str, Any]
    exercises: list[dict[str, Any]]
    provenance: dict[str, Any]


class ServiceInfo(Schema):
    """What answers here: its version and that of the API, and the largest upload."""

    name: str
    version: str
    api: str
    upload_mb: int
    timestamp: datetime


def answers(expected: dict[int, Any], *others: int) -> dict[int, Any]:
    """Return the documented answers: what is expected, and problems.

    Those that any request may get are always among them.
    """
    return {**expected, **dict.fromkeys((400, 401, 403, 404, 405, 422, 429, 500, 503, *others), Problem)}


FILE = {"type": "string", "format": "binary"}
"""The type of a file in a form or an answer, as it is documented."""


def content(kind: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the documentation of an answer that is no JSON of a type."""
    return {"responses": {200: {"content": {kind: {"schema": schema or {"type": "string"}}}}}}
