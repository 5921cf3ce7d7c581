"""Which workers live, as their last sign of life tells."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from grader.service.models import WorkerHeartbeat

DEAD_AFTER = timedelta(seconds=15)


def living_workers() -> QuerySet[WorkerHeartbeat]:
    """Return the workers that gave a sign of life lately."""
    return WorkerHeartbeat.objects.filter(seen__gt=timezone.now() - DEAD_AFTER)
