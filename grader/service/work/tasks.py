"""Long work that staff asks for, by the name of its kind."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from grader.errors import GraderError
from grader.service import messages
from grader.service.models import Task, TaskState

MOST_TRIES = 5
KINDS: dict[str, Callable[[Task], None]] = {}
"""What does each kind of task; it may update ``done``, ``total`` and ``found`` on the way, and may be run again."""


def run(pk: int) -> str:
    """Do a task, unless it has ended, and return its state."""
    task = Task.objects.get(pk=pk)
    if task.state in (TaskState.DONE, TaskState.FAILED):
        return task.state
    task.tries += 1
    task.state = TaskState.RUNNING
    task.save(update_fields=["tries", "state"])
    if task.tries > MOST_TRIES:
        return _ended(task, TaskState.FAILED, messages.TASK_TRIED_TOO_OFTEN)
    try:
        KINDS[task.kind](task)
    except GraderError as error:
        return _ended(task, TaskState.FAILED, str(error))
    return _ended(task, TaskState.DONE, task.message)


def _ended(task: Task, state: TaskState, message: str) -> str:
    task.state, task.message, task.ended = state, message, timezone.now()
    task.save()
    return state
