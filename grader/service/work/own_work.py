"""Find out whether this worker stands still: it runs what it began, and begins what waits."""

from __future__ import annotations

from collections.abc import Collection

from dbos import WorkflowStatus

from grader.service.work.end_worker import end_worker
from grader.service.work.queue import QUEUE, VERSION, client
from grader.service.work.workflows import RUNNING

_MOST_LOOKS = 30  # a thread may be begun late on a busy machine
_MOST_WAITING = 60


class OwnWork:
    """What one worker has seen of its own work, look by look.

    A thread of the queue's that met a failure logs it and goes on, or ends: what it had begun would stay begun, and
    what waits would wait. The worker ends then, and the next one of its name begins anew.
    """

    def __init__(self, name: str, concurrency: int) -> None:
        self._name, self._concurrency = name, concurrency
        self._idle: dict[str, int] = {}
        self._begun, self._waiting = 0, 0

    def look(self, pending: Collection[WorkflowStatus]) -> None:
        """Look once at what is pending, and end the process where its own work stands still."""
        idle = {w.workflow_id for w in pending if w.executor_id == self._name} - RUNNING.ids
        self._idle = {w: self._idle.get(w, 0) + 1 for w in idle}
        if max(self._idle.values(), default=0) > _MOST_LOOKS:
            end_worker("what the queue says is begun here is not")
        begun = RUNNING.begun != self._begun or len(RUNNING.ids) >= self._concurrency
        self._begun = RUNNING.begun
        self._waiting = 0 if begun or not _something_waits() else self._waiting + 1
        if self._waiting > _MOST_WAITING:
            end_worker("nothing that waits is begun")


def _something_waits() -> bool:
    return bool(
        client().list_queued_workflows(
            status="ENQUEUED", queue_name=QUEUE, app_version=VERSION, limit=1, load_input=False
        )
    )
