"""Put in the queue what rows say is to be done: the rows are the outbox."""

from __future__ import annotations

import threading

from grader.service.models import State, Task, TaskState, Upload
from grader.service.work.connections import fresh_connections
from grader.service.work.queue import TASKS, enqueue

_LOOK_S = 0.2
_AT_ONCE = 200


def dispatch_until(stop: threading.Event) -> None:
    """Look for accepted rows until told to stop; errors of the database end the worker."""
    while not stop.wait(_LOOK_S):
        dispatch()


@fresh_connections
def dispatch() -> int:
    """Enqueue accepted uploads and tasks, and return how many there were.

    The workflow's id is made of the row, so that a row that two workers find, or one of them before it died, is
    enqueued once.
    """
    uploads = Upload.objects.filter(state=State.ACCEPTED).order_by("priority", "received")
    found = list(uploads.values_list("pk", "version", "priority")[:_AT_ONCE])
    for pk, version, priority in found:
        enqueue("grade_upload", f"grade-{pk}-{version}", str(pk), version, priority=priority)
    for pk, version, _ in found:
        Upload.objects.filter(pk=pk, version=version, state=State.ACCEPTED).update(state=State.QUEUED)
    tasks = list(Task.objects.filter(state=TaskState.ACCEPTED).values_list("pk", flat=True)[:_AT_ONCE])
    for task in tasks:
        enqueue("run_task", f"task-{task}", task, queue=TASKS)
        Task.objects.filter(pk=task, state=TaskState.ACCEPTED).update(state=TaskState.QUEUED)
    return len(found) + len(tasks)
