"""What workers do, as durable workflows; importing this registers them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from dbos import DBOS

from grader.service.work.connections import fresh_connections
from grader.service.work.end_worker import ends_with_database
from grader.service.work.grading import grade_version


@dataclass(slots=True)
class RunningWorkflows:
    """The ids of the workflows that this process runs now, and how many it ever began."""

    ids: set[str] = field(default_factory=set)
    begun: int = 0


RUNNING = RunningWorkflows()


@DBOS.step()
@ends_with_database
@fresh_connections
def _grade(upload: str, version: int) -> str:
    return grade_version(uuid.UUID(upload), version, DBOS.executor_id or "")


# Kills of one workflow are not counted by the queue: the tries in its row end what is poisonous.
@DBOS.workflow(name="grade_upload", max_recovery_attempts=None)
def grade_upload(upload: str, version: int) -> str:
    """Grade one version of an upload until it has a result."""
    with _running():
        return _grade(upload, version)


@DBOS.step()
@ends_with_database
@fresh_connections
def _run(task: int) -> str:
    from grader.service.work.tasks import run

    return run(task)


@DBOS.workflow(name="run_task", max_recovery_attempts=None)
def run_task(task: int) -> str:
    """Do one task of staff's."""
    with _running():
        return _run(task)


@DBOS.step()
@ends_with_database
@fresh_connections
def _tell(delivery: int, attempt: int) -> str:
    from grader.service.work.hook_delivery import deliver

    return deliver(delivery, attempt)


@DBOS.workflow(name="tell_hook", max_recovery_attempts=None)
def tell_hook(delivery: int, attempt: int) -> str:
    """Send one attempt of a delivery to its hook."""
    with _running():
        return _tell(delivery, attempt)


@contextlib.contextmanager
def _running() -> Iterator[None]:
    name = DBOS.workflow_id or ""
    RUNNING.ids.add(name)
    RUNNING.begun += 1
    try:
        yield
    finally:
        RUNNING.ids.discard(name)
