"""Delete ended workflows from the queue's tables; our own rows keep what matters."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from grader.service.work.queue import client

_KEPT = timedelta(hours=1)  # longer than any worker may be late with what it saw of a row
_AT_ONCE = 2000


def forget_ended() -> int:
    """Delete some of the workflows that ended a while ago, and return how many."""
    before = (timezone.now() - _KEPT).isoformat()
    ended = client().list_workflows(completed_before=before, limit=_AT_ONCE, load_input=False, load_output=False)
    if ended:
        client().delete_workflows([w.workflow_id for w in ended])
    return len(ended)
