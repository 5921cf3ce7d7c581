"""The queue: what waits, what failed, who works, and the tasks of staff."""

from __future__ import annotations

import contextlib
import uuid

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from grader.service import audit
from grader.service.grade_again import grade_again
from grader.service.models import PublishedResult, State, Task, Upload, WorkerHeartbeat
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_only import administrators
from grader.service.pages.page_answers import done, page_of
from grader.service.work import task_messages
from grader.service.worker_health import DEAD_AFTER


@administrators
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show how much waits and since when, and the workers."""
    now = timezone.now()
    counts = dict(Upload.objects.order_by().values_list("state").annotate(n=Count("pk")))
    waiting = _uploads().filter(state__in=State.open()).order_by("received")
    facts = {
        "counts": [(state, counts.get(state, 0)) for state in State.values],
        "waiting": page_of(request, waiting),
        "oldest": now - oldest.received if (oldest := waiting.first()) else None,
        "workers": WorkerHeartbeat.objects.order_by("name"),
        "dead_before": now - DEAD_AFTER,
    }
    return render(request, "service/administrator_queue.html", facts)


@administrators
@require_GET
def errors(request: HttpRequest) -> HttpResponse:
    """Show what could not be graded through a fault of ours, and why."""
    newest = PublishedResult.objects.filter(upload=OuterRef("pk")).order_by("-version")
    rows = _uploads().filter(state=State.ERROR).annotate(
        reason=Subquery(newest.values("document__message")[:1]), ended=Subquery(newest.values("graded")[:1])
    )  # fmt: skip
    return render(request, "service/administrator_errors.html", {"page": page_of(request, rows.order_by("-received"))})


@administrators
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Show the tasks of staff, newest first."""
    rows = Task.objects.select_related("assignment__course", "by").order_by("-pk")
    facts = {"page": page_of(request, rows), "messages": task_messages}
    return render(request, "service/administrator_tasks.html", facts)


@administrators
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Grade one submission again, or all that ended in an error."""
    chosen = Upload.objects.filter(state=State.ERROR)
    if "upload" in request.POST:
        chosen = Upload.objects.none()
        with contextlib.suppress(ValueError):
            chosen = Upload.objects.filter(pk=uuid.UUID(request.POST["upload"]))
    number = grade_again(chosen)
    audit.record(request, "graded again", request.POST.get("upload", "all errors"), number=number)
    page = "administrator-errors" if request.POST.get("from") == "errors" else "administrator-queue"
    return done(request, messages.graded_again(number), page)


def _uploads() -> QuerySet[Upload]:
    return Upload.objects.select_related("assignment__course", "member")
