"""Long work that staff asks for, by the name of its kind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from grader.errors import GraderError
from grader.service import messages
from grader.service.models import Task, TaskState
from grader.service.work.dispatcher import task_workflow
from grader.service.work.grading import TRIES
from grader.service.work.task_batch import take_batch
from grader.service.work.task_regrade import apply_regrade, preview_regrade
from grader.service.work.task_validation import validate_files
from grader.service.work.tries import MOST_TRIES

log = logging.getLogger(__name__)

KINDS: dict[str, Callable[[Task], None]] = {
    "batch": take_batch,
    "regrade": preview_regrade,
    "apply-regrade": apply_regrade,
    "validation": validate_files,
}
"""What does each kind of task.

It may be run again after it was killed at any point, and by two workers at once, and does nothing twice. It says how
far it is by :func:`grader.service.work.task_progress.advance`; ``found`` and ``message`` of the task are kept as it
leaves them.
"""


def run(pk: int) -> str:
    """Do a task, unless it has ended, and return its state."""
    task = Task.objects.select_related("assignment__course", "assignment__files").get(pk=pk)
    if task.state in TaskState.ended():
        return task.state
    Task.objects.filter(pk=pk).update(tries=F("tries") + 1, state=TaskState.RUNNING)
    task.refresh_from_db(fields=["tries", "state"])
    if task.tries > MOST_TRIES:
        return _ended(task, TaskState.FAILED, messages.TASK_TRIED_TOO_OFTEN)
    try:
        KINDS[task.kind](task)
    except GraderError as error:
        TRIES.wait_for_end()
        return _ended(task, TaskState.FAILED, str(error))
    except DatabaseError:
        raise
    except Exception:
        TRIES.wait_for_end()
        log.exception("task %d failed", pk)
        return _ended(task, TaskState.FAILED, messages.TASK_BROKE_OFF)
    return _ended(task, TaskState.DONE, task.message)


def give_tasks_back(workflows: Collection[str]) -> None:
    """Uncount tries of these workflows' tasks that ended for other reasons than the task."""
    running = Task.objects.filter(state=TaskState.RUNNING, tries__gt=0)
    tasks = [pk for pk in running.values_list("pk", flat=True) if task_workflow(pk) in workflows]
    running.filter(pk__in=tasks).update(tries=F("tries") - 1, state=TaskState.QUEUED)


def _ended(task: Task, state: TaskState, message: str) -> str:
    """Keep how a task ended, once."""
    Task.objects.filter(pk=task.pk).exclude(state__in=TaskState.ended()).update(
        state=state, message=message, found=task.found, done=task.done, total=task.total, ended=timezone.now()
    )
    return state
