"""Answers that many pages give: a sentence on another page, and a page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib import messages as notices
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

M = TypeVar("M", bound=Model)
T = TypeVar("T")

ROWS = 50


def done(request: HttpRequest, sentence: str, page: str, *args: object) -> HttpResponseRedirect:
    """Say that something is done, on a page of that name, or at that address."""
    notices.success(request, sentence)
    return redirect(page, *args)


def refused(request: HttpRequest, sentence: str, page: str, *args: object) -> HttpResponseRedirect:
    """Say why something is not done, on a page of that name, or at that address."""
    notices.error(request, sentence[:1].upper() + sentence[1:])
    return redirect(page, *args)


def page_of(request: HttpRequest, rows: QuerySet[M] | Sequence[T]) -> Page[Any]:
    """Return the page of rows that is asked for."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
