"""What all pages of administrators share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib import messages as notices
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from grader.service import access
from grader.service.requests import account_of

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
ROWS = 50


def administrators(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Have a page be for administrators alone; nobody keeps a copy of it."""

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


def done(request: HttpRequest, sentence: str, page: str) -> HttpResponse:
    """Say that something is done, on another page."""
    notices.success(request, sentence)
    return HttpResponseRedirect(reverse(page))


def refused(request: HttpRequest, sentence: str, page: str) -> HttpResponse:
    """Say why something is not done, on another page."""
    notices.error(request, sentence[:1].upper() + sentence[1:])
    return HttpResponseRedirect(reverse(page))


def page_of(request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    """Return the page of rows that is asked for."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
