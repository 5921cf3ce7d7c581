"""Put in the queue what rows say is to be done: the rows are the outbox."""

from __future__ import annotations

import uuid

from grader.service.models import State, Task, TaskState, Upload
from grader.service.work.queue import TASKS, enqueue

_AT_ONCE = 200


def upload_workflow(pk: uuid.UUID, version: int) -> str:
    """Return the id of the workflow that grades a version of an upload."""
    return f"grade-{pk}-{version}"


def task_workflow(pk: int) -> str:
    """Return the id of the workflow that does a task."""
    return f"task-{pk}"


def dispatch() -> int:
    """Enqueue accepted uploads and tasks, and return how many there were.

    The workflow's id is made of the row, so that a row that two workers find, or one of them before it died, is
    enqueued once.
    """
    uploads = Upload.objects.filter(state=State.ACCEPTED).order_by("priority", "received")
    found = list(uploads.values_list("pk", "version", "priority")[:_AT_ONCE])
    for pk, version, priority in found:
        enqueue("grade_upload", upload_workflow(pk, version), str(pk), version, priority=priority)
        Upload.objects.filter(pk=pk, version=version, state=State.ACCEPTED).update(state=State.QUEUED)
    tasks = list(Task.objects.filter(state=TaskState.ACCEPTED).values_list("pk", flat=True)[:_AT_ONCE])
    for task in tasks:
        enqueue("run_task", task_workflow(task), task, queue=TASKS)
        Task.objects.filter(pk=task, state=TaskState.ACCEPTED).update(state=TaskState.QUEUED)
    return len(found) + len(tasks)
