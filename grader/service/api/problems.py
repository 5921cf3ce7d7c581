"""Errors of the API: always JSON with a sentence, a code and the time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core import exceptions
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from grader.errors import GraderError, UsageError
from grader.service.admission import NotAcceptedError
from grader.service.api import messages
from grader.service.failures import status_of
from grader.service.idempotency import KeyReusedError

log = logging.getLogger(__name__)

PATH = "/api/"
CODES = {
    400: "malformed", 401: "no-token", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
    409: "conflict", 411: "length-required", 413: "too-large", 415: "media-type", 422: "invalid",
    429: "too-many-requests", 500: "failed", 502: "bad-gateway", 503: "unavailable",
    507: "no-room",
}  # fmt: skip
"""The code of an error that brings none of its own, by its status."""


class Problem(Schema):
    """What went wrong: a sentence for a person, a code for a program, and when."""

    summary: str
    code: str
    timestamp: datetime


class RefusedRequest(Exception):  # noqa: N818 - the answer to a request, and no fault
    """A request is refused with a status, a sentence and a code, if not the status's own."""

    def __init__(self, status: int, summary: str, code: str = "") -> None:
        super().__init__(summary)
        self.status, self.summary, self.code = status, summary, code


def problem(status: int, summary: str = "", code: str = "", headers: dict[str, str] | None = None) -> HttpResponse:
    """Return the answer that says what went wrong."""
    return JsonResponse(
        {
            "summary": summary or messages.FAILED.get(status, messages.FAILED[400]),
            "code": code or CODES.get(status, CODES[400]),
            "timestamp": timezone.now(),
        },
        status=status,
        headers=headers,
    )


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, sentence_of(error.errors))


def sentence_of(errors: list[Any]) -> str:
    """Return the first of pydantic's errors as a sentence."""
    first = errors[0] if errors else {"loc": (), "msg": messages.INVALID.rstrip(".")}
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "header", "path"))
    return messages.wrong_field(field[:100], str(first["msg"]).removeprefix("Value error, ").rstrip("."))


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("a request to the API failed: %s", type(error).__name__, exc_info=error)
    status, sentence = status_of(error)
    if status == 507:
        return problem(status, sentence)
    return problem(503, headers={"Retry-After": "5"})


Handler = Callable[[HttpRequest, Any], HttpResponse]

_HANDLERS: dict[type[Exception], Handler] = {
    RefusedRequest: lambda _, error: problem(error.status, error.summary, error.code),
    AuthenticationError: lambda *_: problem(401, messages.NO_TOKEN, headers={"WWW-Authenticate": "Bearer"}),
    HttpError: lambda _, error: problem(error.status_code, str(error)),
    ValidationError: _invalid,
    Http404: lambda *_: problem(404),
    NotAcceptedError: lambda _, error: problem(error.status, str(error), error.code, error.headers),
    UsageError: lambda _, error: problem(422, str(error)),
    GraderError: _unavailable,
    KeyReusedError: lambda _, error: problem(422, str(error), "key-reused"),
    MultiPartParserError: lambda *_: problem(400, messages.BROKEN_FORM),
    UnreadablePostError: lambda *_: problem(400, messages.BROKE_OFF),
    exceptions.RequestDataTooBig: lambda *_: problem(413),
    exceptions.TooManyFilesSent: lambda *_: problem(413),
    exceptions.TooManyFieldsSent: lambda *_: problem(413),
    exceptions.SuspiciousOperation: lambda *_: problem(400),
    exceptions.PermissionDenied: lambda *_: problem(403),
    DatabaseError: _unavailable,
    OSError: _unavailable,
}


def handle_errors(api: NinjaAPI) -> None:
    """Have an API answer expected errors as :class:`Problem`; Django logs all others."""
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)


class ApiErrors:
    """Give errors from outside of the API's code the same form; let nothing be cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and put JSON in the place of an error's page or text."""
        answer = self._get_response(request)
        if not request.path_info.startswith(PATH):
            return answer
        answer.headers.setdefault("Cache-Control", "no-store")  # it is one person's
        kind = answer.get("Content-Type", "")
        if answer.status_code < 400 or kind.startswith("application/json"):
            return answer
        said = answer.content.decode() if kind.startswith("text/plain") else ""
        answer.content = problem(answer.status_code, said).content
        answer["Content-Type"] = "application/json"
        return answer
