"""Keep what somebody was shown out of caches and of the browser's history."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from grader.service.models import Account


class PrivateAnswers:
    """Mark answers to who is signed in as not to be stored.

    Whoever sits down at a computer after a sign-out goes back to nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say who may keep it: nobody."""
        answer = self._get_response(request)
        kept = answer.headers.get("Cache-Control", "")
        if "no-store" not in kept and isinstance(getattr(request, "user", None), Account):
            answer.headers["Cache-Control"] = "private, no-store"
        return answer
