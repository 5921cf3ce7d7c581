"""Lead who asks for the address of a form alone back to the page that the form stands on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import is_valid_path

API = "/api/"


class FormAddresses:
    """Answer a GET of what takes only forms with the nearest page above it.

    A form's address lies below its page's. A browser asks for it where a session ended before the form was sent:
    signing in leads on to the address that asked for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        response = self._get_response(request)
        if response.status_code == 405 and request.method == "GET" and not request.path.startswith(API):
            return HttpResponseRedirect(_above(request.path))
        return response


def _above(path: str) -> str:
    """Return the next address above one, which may take only forms too."""
    while path := path.rstrip("/").rpartition("/")[0]:
        for address in (path, f"{path}/"):
            if is_valid_path(address):
                return address
    return "/"
