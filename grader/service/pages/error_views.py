"""Pages that say what went wrong, and what to do."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from grader.service.failures import failed_request, status_of
from grader.service.pages import messages


def error_page(status: int, sentence: str = "") -> HttpResponse:
    """Return the page of a status; a sentence goes before what is said of it otherwise."""
    heading, advice = messages.ERRORS[status]
    context = {"heading": heading, "sentence": f"{sentence} {advice}".strip()}
    return HttpResponse(render_to_string("service/error.html", context), status=status)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be understood."""
    return error_page(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is not allowed: as what is not there."""
    return error_page(404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token."""
    return error_page(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is not there, or not for who asks."""
    return error_page(404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer where a fault of ours ended the request; a program gets a line of text."""
    if "text/html" not in request.headers.get("Accept", ""):
        return failed_request(request)
    status, sentence = status_of(sys.exc_info()[1])
    return error_page(status, sentence)
