"""Put in the queue what rows say is to be done: the rows are the outbox."""

from __future__ import annotations

import contextlib
import uuid
from collections import defaultdict

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from grader.service.models import DeliveryState, HookDelivery, State, Task, TaskState, Upload
from grader.service.work.queue import HOOKS, TASKS, enqueue

AT_ONCE = 50


def upload_workflow(pk: uuid.UUID, version: int) -> str:
    """Return the id of the workflow that grades a version of an upload."""
    return f"grade-{pk}-{version}"


def task_workflow(pk: int) -> str:
    """Return the id of the workflow that does a task."""
    return f"task-{pk}"


def hook_workflow(pk: int, attempt: int) -> str:
    """Return the id of the workflow that sends an attempt of a delivery."""
    return f"hook-{pk}-{attempt}"


def dispatch() -> int:
    """Enqueue accepted uploads and tasks, and deliveries that are due; return how many.

    From ``AT_ONCE`` on there may be more. The workflow's id is made of the row, so that a row that two workers find, or
    one of them before it died, is enqueued once.
    """
    found = _dispatch_uploads()
    tasks = list(Task.objects.filter(state=TaskState.ACCEPTED).values_list("pk", flat=True)[:AT_ONCE])
    for task in tasks:
        enqueue("run_task", task_workflow(task), task, queue=TASKS)
        Task.objects.filter(pk=task, state=TaskState.ACCEPTED).update(state=TaskState.QUEUED)
    return found + len(tasks) + _dispatch_hooks()


def _dispatch_hooks() -> int:
    now = timezone.now()
    waiting = HookDelivery.objects.filter(state=DeliveryState.ACCEPTED)
    due = waiting.filter(Q(hook__not_before=None) | Q(hook__not_before__lte=now), due__lte=now)
    found = list(due.order_by("due").values_list("pk", "attempt")[:AT_ONCE])
    for pk, attempt in found:
        enqueue("tell_hook", hook_workflow(pk, attempt), pk, attempt, queue=HOOKS)
        waiting.filter(pk=pk, attempt=attempt).update(state=DeliveryState.QUEUED)
    return len(found)


def _dispatch_uploads() -> int:
    """Enqueue accepted uploads and return how many there were.

    Their rows are written together, for each write waits for the disk. Workers of one PostgreSQL database share them
    out. With SQLite nobody else could write as long as rows are held.
    """
    uploads = Upload.objects.filter(state=State.ACCEPTED).order_by("priority", "received")
    shares = connection.features.has_select_for_update_skip_locked
    with transaction.atomic() if shares else contextlib.nullcontext():
        rows = uploads.select_for_update(skip_locked=True) if shares else uploads
        found = list(rows.values_list("pk", "version", "priority")[:AT_ONCE])
        versions = defaultdict(list)
        for pk, version, priority in found:
            enqueue("grade_upload", upload_workflow(pk, version), str(pk), version, priority=priority)
            versions[version].append(pk)
        for version, pks in versions.items():
            uploads.order_by().filter(pk__in=pks, version=version).update(state=State.QUEUED)
    return len(found)
