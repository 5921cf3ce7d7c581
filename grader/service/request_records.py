"""One log record and some figures for each request: what was asked for, not by whom."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from grader.service.log_records import request_id
from grader.service.metrics import count_request

log = logging.getLogger(__name__)

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestRecords:
    """Give each request an id, and log its route, status and duration.

    An address may hold a secret or a name, and is not logged: only the pattern that it matched, and ids.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        number = uuid.uuid4().hex
        token, start = request_id.set(number), time.perf_counter()
        try:
            response = self._get_response(request)
            response["X-Request-ID"] = number
            self._record(request, response.status_code, time.perf_counter() - start)
            return response
        finally:
            request_id.reset(token)

    def _record(self, request: HttpRequest, status: int, seconds: float) -> None:
        method = request.method if request.method in _METHODS else "other"
        route = _route(request)
        ids = {n: str(v) for n, v in (_arguments(request)).items() if isinstance(v, uuid.UUID)}
        count_request(str(method), route, status, seconds)
        log.info(
            "request",
            extra={"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)} | ids,
        )


@receiver(got_request_exception)
def _log_unexpected(request: HttpRequest | None = None, **_: object) -> None:
    log.error("a page failed", exc_info=True, extra={"route": _route(request) if request else ""})


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else ""


def _arguments(request: HttpRequest) -> dict[str, object]:
    return request.resolver_match.kwargs if request.resolver_match else {}
