"""Find rows that say they are in the queue, or being graded, and are not.

The queue's tables may have been lost or restored, or a workflow ended by a fault of ours. Such rows are accepted anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from grader.service.models import DeliveryState, HookDelivery, State, Task, TaskState, Upload, WorkerHeartbeat
from grader.service.work.dispatcher import hook_workflow, task_workflow, upload_workflow
from grader.service.work.queue import client

log = logging.getLogger(__name__)

_AT_ONCE = 500
_GOING_ON = ("ENQUEUED", "PENDING", "DELAYED")


class Sweep:
    """Looks at some rows each time, and so at all of them in the end."""

    def __init__(self) -> None:
        self._after_upload, self._after_task = "", 0

    def look(self) -> int:
        """Accept anew those of the next rows that have no workflow, and return how many."""
        uploads = Upload.objects.filter(state__in=(State.QUEUED, State.GRADING)).order_by("pk")
        after = uploads.filter(pk__gt=self._after_upload) if self._after_upload else uploads
        seen = list(after.values_list("pk", "version")[:_AT_ONCE])
        self._after_upload = str(seen[-1][0]) if len(seen) == _AT_ONCE else ""
        found = _accept_anew(
            {upload_workflow(pk, version): uploads.filter(pk=pk, version=version) for pk, version in seen}
        )
        tasks = Task.objects.filter(state__in=(TaskState.QUEUED, TaskState.RUNNING)).order_by("pk")
        numbers = list(tasks.filter(pk__gt=self._after_task).values_list("pk", flat=True)[:_AT_ONCE])
        self._after_task = numbers[-1] if len(numbers) == _AT_ONCE else 0
        found += _accept_anew({task_workflow(pk): tasks.filter(pk=pk) for pk in numbers})
        found += _accept_anew(_deliveries())
        if found:
            log.warning("%d rows had no work in the queue; they are accepted anew", found)
        return found


def _deliveries() -> dict[str, QuerySet[HookDelivery]]:
    """Return the oldest deliveries that say they are in the queue."""
    queued = HookDelivery.objects.filter(state=DeliveryState.QUEUED).order_by("pk")
    oldest = list(queued.values_list("pk", "attempt")[:_AT_ONCE])
    return {hook_workflow(pk, attempt): queued.filter(pk=pk, attempt=attempt) for pk, attempt in oldest}


def _accept_anew(rows: Mapping[str, QuerySet[Upload] | QuerySet[Task] | QuerySet[HookDelivery]]) -> int:
    """Accept anew rows that are open while their workflow has ended or is not there.

    ``rows`` are by their workflow's id. A workflow ends after its row has its state: a row that is open then has lost
    it. One worker at a time does this, so that none deletes what another one has begun anew.
    """
    if not _lost(list(rows)):
        return 0
    with transaction.atomic():
        list(WorkerHeartbeat.objects.select_for_update().order_by("name"))
        found = 0
        for workflow in _lost(list(rows)):
            if rows[workflow].exists():
                client().delete_workflows([workflow])
                found += rows[workflow].update(state=State.ACCEPTED)
    return found


def _lost(workflows: list[str]) -> list[str]:
    """Return those of the workflows that are not going on."""
    if not workflows:
        return []
    known = client().list_workflows(workflow_ids=workflows, load_input=False, load_output=False)
    going_on = {w.workflow_id for w in known if w.status in _GOING_ON}
    return [w for w in workflows if w not in going_on]
