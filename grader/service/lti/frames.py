"""Let registered platforms show pages in a frame."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from grader.service.lti.models import LtiPlatform

_KEPT_S = 30.0


class PlatformFrames:
    """Name registered platforms in the policy's ``frame-ancestors``.

    A page in a frame is of another site than the one around it, so cookies must be sent there too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._known: list[str] = []
        self._until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        answer = self._get_response(request)
        if origins := self._origins():
            replaced = getattr(answer, "_csp_replace", None) or {}
            answer._csp_replace = {**replaced, "frame-ancestors": origins}  # type: ignore[attr-defined] # csp_replace()
            answer.headers.pop("X-Frame-Options", None)  # knows no list
            if settings.CONFIG.https:
                for name in {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} & set(answer.cookies):
                    answer.cookies[name]["samesite"] = "None"
        return answer

    def _origins(self) -> list[str]:
        if time.monotonic() >= self._until:
            with contextlib.suppress(DatabaseError):  # a page that says so is to be shown
                platforms = LtiPlatform.objects.filter(registration__is_active=True).exclude(origin="")
                self._known = sorted({*platforms.values_list("origin", flat=True), *settings.CONFIG.frame_ancestors})
            self._until = time.monotonic() + _KEPT_S
        return self._known
