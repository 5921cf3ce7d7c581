"""Ask for long work, and say how far it is."""

from __future__ import annotations

import enum
from typing import Any

from grader.errors import UsageError
from grader.result import SubmissionStatus
from grader.service.blob_store import blob_path
from grader.service.models import Account, CourseAssignment, Task, TaskState
from grader.service.work import task_messages


class Choice(enum.StrEnum):
    """Which submissions are graded again.

    All, those that could not be graded through a fault of ours, or those that did not pass one check.
    """

    ALL = "all"
    ERRORS = "errors"
    CHECK = "check"


def ask_for(kind: str, assignment: CourseAssignment | None, by: Account, **given: Any) -> Task:
    """Have a worker do a task of some kind; ``given`` is JSON data that tells it all."""
    return Task.objects.create(kind=kind, assignment=assignment, by=by, given=given)


def ask_again(failed: Task, by: Account) -> tuple[Task, bool]:
    """Ask anew for what a failed task was to do; return the task and whether it is new.

    What was asked for meanwhile is not asked for twice. In a transaction that locks ``failed``. Raises UsageError for a
    task that did not fail, and for one whose file is no longer here.
    """
    if failed.state != TaskState.FAILED:
        raise UsageError(task_messages.NOT_FAILED)
    sha256 = failed.given.get("sha256", "")
    if failed.kind == "batch" and not (sha256 and blob_path(sha256).is_file()):
        raise UsageError(task_messages.NO_ZIP_ANY_MORE)
    alike = Task.objects.filter(kind=failed.kind, assignment=failed.assignment, pk__gt=failed.pk)
    same = (t for t in alike.exclude(state=TaskState.FAILED) if t.given == failed.given)
    if found := next(same, None):
        return found, False
    return ask_for(failed.kind, failed.assignment, by, **failed.given), True


def open_task(assignment: CourseAssignment, *kinds: str) -> Task | None:
    """Return a task of these kinds that has not ended."""
    return assignment.tasks.filter(kind__in=kinds).exclude(state__in=TaskState.ended()).first()


def publication_of(preview: Task) -> Task | None:
    """Return the task that publishes a preview, or did; one that failed does not count."""
    tasks = preview.of_assignment.tasks.filter(kind="apply-regrade", given__preview=preview.pk)
    return tasks.exclude(state=TaskState.FAILED).first()


def can_be_published(preview: Task) -> bool:
    """Return whether a preview holds a result; one that could not be made again is none."""
    return preview.previewed.exclude(document__status=SubmissionStatus.ERROR).exists()


def advance(task: Task, done: int, total: int) -> None:
    """Say that so much of a task is done."""
    task.done, task.total = done, total
    Task.objects.filter(pk=task.pk, state=TaskState.RUNNING).update(done=done, total=total)


def discard(preview: Task) -> None:
    """Throw the results of a preview away."""
    preview.found["discarded"] = True
    preview.save(update_fields=["found"])
    preview.previewed.all().delete()
