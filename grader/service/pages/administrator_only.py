"""The decorator of pages for administrators, and the page that shows a secret once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from grader.service import access
from grader.service.requests import account_of

P = ParamSpec("P")


def administrators(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only administrators see a page, and let no cache keep it."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        access.require_administrator(account_of(request))
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return inner


def show_secret(request: HttpRequest, what: str, secret: str, about: str, back: str) -> HttpResponse:
    """Show a secret this once: ``what`` is its heading, ``about`` says what it is for."""
    facts = {"what": what, "secret": secret, "about": about, "back": reverse(back)}
    return render(request, "service/administrator_secret.html", facts)
