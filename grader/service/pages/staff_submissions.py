"""The submissions of an assignment: searched, filtered, sorted, in pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grader.service import access
from grader.service.models import State
from grader.service.pages import staff_links
from grader.service.pages.page_answers import page_of
from grader.service.requests import account_of
from grader.service.submission_table import SubmissionRow, submission_rows

_Filter = Callable[[SubmissionRow], bool]

STATES: dict[str, tuple[str, _Filter]] = {
    "": ("all", lambda row: True),
    "in": ("handed in", lambda row: row.upload is not None),
    "none": ("nothing handed in", lambda row: row.upload is None),
    "waiting": ("waiting", lambda row: row.waits),
    "graded": ("graded", lambda row: row.upload is not None and row.upload.state == State.GRADED),
    "unreadable": ("not readable", lambda row: row.upload is not None and row.upload.state == State.UNREADABLE),
    "error": ("errors of ours", lambda row: row.failed),
}
"""The choices of the filter by state, with what they are called."""

MARKS: dict[str, tuple[str, _Filter]] = {
    "attention": ("needs attention", lambda row: bool(row.attention)),
    "late": ("late", lambda row: row.late),
    "corrected": ("corrected", lambda row: row.corrected),
}
"""What else rows may be filtered by."""

ORDERS: dict[str, tuple[str, Callable[[SubmissionRow], Any]]] = {
    "": ("what needs attention first", lambda row: (not row.failed, not row.attention)),
    "name": ("by name", lambda row: 0),
    "lowest": ("lowest points first", lambda row: math.inf if row.score is None else row.score),
    "highest": ("highest points first", lambda row: math.inf if row.score is None else -row.score),
    "newest": ("newest first", lambda row: -row.upload.received.timestamp() if row.upload else math.inf),
    "section": ("by section", lambda row: row.member.section.casefold()),
}
"""The orders of rows, each by name where they are equal otherwise."""


@require_GET
def submissions(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show a page of an assignment's submissions."""
    found = access.assignment_for(account_of(request), course, slug, access.STAFF)
    rows = submission_rows(found, staff_links.staff_site(found))
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "state", "section", "order", *MARKS)}
    shown = chosen(rows, asked)
    context = {
        "asked": asked,
        "page": page_of(request, shown),
        "query": urlencode({key: value for key, value in asked.items() if value}),
        "sections": [(name, name) for name in sorted({row.member.section for row in rows} - {""})],
        "states": [(key, text) for key, (text, _) in STATES.items()],
        "marks": [(key, text) for key, (text, _) in MARKS.items()],
        "orders": [(key, text) for key, (text, _) in ORDERS.items()],
        "counts": _counts(rows),
    }
    context |= staff_links.staff_context(request, found.course, found)
    return render(request, "service/staff_submissions.html", context)


def chosen(rows: Sequence[SubmissionRow], asked: dict[str, str]) -> list[SubmissionRow]:
    """Return the rows that a query asks for, in its order."""
    words = asked["q"].casefold().split()
    filters = [STATES.get(asked["state"], STATES[""])[1]]
    filters += [fits for key, (_, fits) in MARKS.items() if asked[key]]
    if section := asked["section"]:
        filters.append(lambda row: row.member.section == section)
    if words:
        filters.append(lambda row: all(word in _text(row) for word in words))
    found = [row for row in rows if all(fits(row) for fits in filters)]
    return sorted(found, key=ORDERS.get(asked["order"], ORDERS[""])[1])


def _text(row: SubmissionRow) -> str:
    one = row.member
    file = row.upload.file_name if row.upload else ""
    return "\n".join((one.name, one.login, one.number, one.email, file)).casefold()


def _counts(rows: Sequence[SubmissionRow]) -> list[tuple[str, int, str]]:
    kinds = ("in", "none", "waiting", "error")
    counts = [(STATES[k][0], sum(map(STATES[k][1], rows)), f"state={k}") for k in kinds]
    return [*counts, ("needing attention", sum(bool(row.attention) for row in rows), "attention=1")]
