"""Which workers live, and the work of those that do not.

No clock is compared with another: a worker lives as long as its row changes from look to look, whatever time stands in
it. So a clock that is set back, or that of another machine, declares nobody dead.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from datetime import datetime

from dbos import WorkflowStatus
from django.db import transaction
from django.utils import timezone

from grader.errors import UsageError
from grader.service.models import WorkerHeartbeat
from grader.service.work import messages
from grader.service.work.queue import QUEUE, client

log = logging.getLogger(__name__)

LOOKS_UNTIL_DEAD = 15
"""The looks without a change after which a worker counts as dead."""


def begin_heartbeat(name: str, machine: str) -> None:
    """Take a worker's name over: another worker that has it ends at its next heartbeat."""
    now = timezone.now()
    row = {"machine": machine, "process": os.getpid(), "seen": now, "started": now}
    WorkerHeartbeat.objects.update_or_create(name=name, defaults=row)


def beat(name: str, machine: str) -> None:
    """Note that this worker lives; raises UsageError where another one has its name."""
    own = WorkerHeartbeat.objects.filter(name=name, machine=machine, process=os.getpid())
    if own.update(seen=timezone.now()):
        return
    if other := WorkerHeartbeat.objects.filter(name=name).first():
        raise UsageError(messages.name_taken(name, other.machine))
    begin_heartbeat(name, machine)


class OtherWorkers:
    """What one worker has seen of the others' heartbeats, look by look."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[datetime, int]] = {}

    def look(self) -> set[str]:
        """Look once, and return the names of those that live or may."""
        looked = {}
        for name, seen in WorkerHeartbeat.objects.values_list("name", "seen"):
            before, unchanged = self._seen.get(name, (None, 0))
            looked[name] = (seen, unchanged + 1 if seen == before else 0)
        self._seen = looked
        return {name for name, (_, unchanged) in self._seen.items() if unchanged < LOOKS_UNTIL_DEAD}

    def take_over(self, pending: Collection[WorkflowStatus]) -> int:
        """Put what dead workers had begun back in the queue, and return how much it was.

        ``pending`` is what is begun. One worker at a time does that: what the first has put back and begun anew is not
        put back by the second.
        """
        living = self.look()
        if all(w.executor_id in living for w in pending):
            return 0
        with transaction.atomic():
            now = dict(WorkerHeartbeat.objects.select_for_update().order_by("name").values_list("name", "seen"))
            revived = {name for name, seen in now.items() if seen != self._seen.get(name, (None, 0))[0]}
            orphans = [w for w in pending_workflows() if w.executor_id not in living | revived]
            for queue in {w.queue_name or QUEUE for w in orphans}:
                client().resume_workflows(
                    [w.workflow_id for w in orphans if (w.queue_name or QUEUE) == queue], queue_name=queue
                )
        if orphans:
            log.warning("took over %d gradings of workers that do not answer", len(orphans))
        return len(orphans)


def pending_workflows() -> list[WorkflowStatus]:
    """Return the workflows that some worker has begun."""
    return client().list_workflows(status="PENDING", load_input=False, load_output=False)
