"""Refuse requests by their length, before anything reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from grader.service import messages
from grader.service.pages.error_views import error_page

# Of a platform's zip, which is larger; its views look who asks before anything reads the body.
_BATCH = re.compile(r"/staff/[\w-]+/[\w-]+/tasks/batch|/api/v1/courses/[\w-]+/assignments/[\w-]+/batches")
_FORM = 1 << 20  # bytes of a form around its files
_TEXT = "text/plain; charset=utf-8"


class BodyLimit:
    """Answer 413 to a body that is too large, 411 to one whose length is not known before.

    A WSGI server hands on no more than its Content-Length.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse a request, or hand it on."""
        if "HTTP_TRANSFER_ENCODING" in request.META:  # Django would read an empty body
            return HttpResponse(messages.NO_LENGTH, status=411, content_type=_TEXT)
        length = request.META.get("CONTENT_LENGTH") or "0"
        most_mb = settings.CONFIG.batch_mb if _BATCH.fullmatch(request.path) else settings.CONFIG.upload_mb
        if not length.isdecimal() or int(length) > (most_mb << 20) + _FORM:
            sentence = messages.upload_too_large(most_mb)
            if "text/html" in request.headers.get("Accept", ""):
                return error_page(413, sentence)
            return HttpResponse(sentence, status=413, content_type=_TEXT)
        return self._get_response(request)
