"""What workers do, as durable workflows; importing this registers them."""

from __future__ import annotations

import uuid

from dbos import DBOS

from grader.service.work.connections import fresh_connections
from grader.service.work.grading import AGAIN, try_to_grade

_RECOVERIES = 100  # kills of one workflow; a poisonous upload is ended by the tries in its row
_WAIT_S = 2.0


@DBOS.step()
@fresh_connections
def _try_to_grade(upload: str, version: int) -> str:
    return try_to_grade(uuid.UUID(upload), version, DBOS.executor_id or "")


@DBOS.workflow(name="grade_upload", max_recovery_attempts=_RECOVERIES)
def grade_upload(upload: str, version: int) -> str:
    """Grade one version of an upload until it has a result."""
    waited = _WAIT_S
    while (ended := _try_to_grade(upload, version)) == AGAIN:
        DBOS.sleep(waited)
        waited *= 2
    return ended


@DBOS.step()
@fresh_connections
def _run(task: int) -> str:
    from grader.service.work.tasks import run

    return run(task)


@DBOS.workflow(name="run_task", max_recovery_attempts=_RECOVERIES)
def run_task(task: int) -> str:
    """Do one task of staff's."""
    return _run(task)
