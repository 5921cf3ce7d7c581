"""The audit log: who changed what."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from grader.service.models import AuditEntry
from grader.service.pages.administrator_only import administrators
from grader.service.pages.page_answers import page_of

_FILTERS = ("who", "action", "course", "target", "since", "until")


@administrators
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """Show entries, newest first, those alone that the filters let through."""
    asked = {name: request.GET.get(name, "").strip() for name in _FILTERS}
    actions = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
    query = urlencode({name: value for name, value in asked.items() if value})
    facts = {
        "page": page_of(request, _entries(asked)),
        "actions": [("", "everything"), *((a, a) for a in actions)],
        "asked": asked,
        "query": query,
    }
    return render(request, "service/administrator_audit.html", facts)


def _entries(asked: dict[str, str]) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.select_related("course").order_by("-pk")
    if asked["who"]:
        rows = rows.filter(Q(who__icontains=asked["who"]) | Q(token__icontains=asked["who"]))
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    if asked["course"]:
        rows = rows.filter(course__slug=asked["course"])
    if asked["target"]:
        rows = rows.filter(target__icontains=asked["target"])
    if since := _day(asked["since"]):
        rows = rows.filter(when__gte=since)
    if until := _day(asked["until"]):
        rows = rows.filter(when__lt=until + timedelta(days=1))
    return rows


def _day(text: str) -> datetime | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=timezone.get_current_timezone()) if found else None
