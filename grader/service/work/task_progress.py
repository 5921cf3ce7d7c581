"""Ask for long work, and say how far it is."""

from __future__ import annotations

import enum
from typing import Any

from grader.result import SubmissionStatus
from grader.service.models import Account, CourseAssignment, Task, TaskState


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
