"""Have what a request writes, and its entry in the audit log, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.transaction import atomic
from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["AtomicWrites", "atomic", "own_transaction"]

View = TypeVar("View", bound=Callable[..., Any])
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def own_transaction(view: View) -> View:
    """Leave the transaction to a view, whose work would hold the database's lock for long."""
    view.own_transaction = True  # type: ignore[attr-defined] # a mark, as Django's own decorators leave
    return view


class AtomicWrites:
    """Run a view that may write in one transaction, the last of the middleware.

    A view that the check of forms leaves out (the API, large uploads, other sites' forms) begins its own: its body has
    not been read yet, and nothing slow may go on in a transaction, which on SQLite keeps all others from writing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer with the view's answer, or leave that to Django."""
        if request.method in _SAFE or any(getattr(view, mark, False) for mark in ("own_transaction", "csrf_exempt")):
            return None
        with atomic():
            return view(request, *args, **kwargs)
