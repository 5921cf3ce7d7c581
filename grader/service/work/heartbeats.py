"""Which workers live, and the work of those that do not."""

from __future__ import annotations

import logging
import os
import threading

from django.utils import timezone

from grader.service.models import WorkerHeartbeat
from grader.service.work.connections import fresh_connections
from grader.service.work.queue import QUEUE, client
from grader.service.worker_health import living_workers

log = logging.getLogger(__name__)


def beat_until(name: str, machine: str, stop: threading.Event, every_s: float) -> None:
    """Say that this worker lives until told to stop, and take over what dead ones had begun."""
    while not stop.wait(every_s):
        beat(name, machine)
        take_over()


@fresh_connections
def beat(name: str, machine: str) -> None:
    """Say that this worker lives."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(
        name=name,
        defaults={"machine": machine, "process": os.getpid(), "seen": now},
        create_defaults={"machine": machine, "process": os.getpid(), "seen": now, "started": now},
    )


@fresh_connections
def take_over() -> int:
    """Put what dead workers had begun back in the queue, and return how much it was."""
    living = set(living_workers().values_list("name", flat=True))
    pending = client().list_workflows(status="PENDING")
    orphans = [w for w in pending if w.executor_id not in living]
    for queue in {w.queue_name or QUEUE for w in orphans}:
        client().resume_workflows(
            [w.workflow_id for w in orphans if (w.queue_name or QUEUE) == queue], queue_name=queue
        )
    if orphans:
        log.warning("took over %d gradings of workers that do not answer", len(orphans))
    return len(orphans)
