"""Start the zygotes of open assignments before anybody hands in."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from grader.errors import GraderError
from grader.service.models import ApprovedAssignment, CourseAssignment
from grader.service.work.approved import approved
from grader.service.work.connections import fresh_connections
from grader.service.work.grading import all_examiners

log = logging.getLogger(__name__)

_MOST = 3  # each holds its models in memory
_SOON = timedelta(days=1)
_LATE = timedelta(days=3)


@fresh_connections
def warm_zygotes() -> int:
    """Start some zygotes, those of the next deadlines first, and return how many are ready.

    An assignment that cannot be graded is logged here: whoever hands it in is told.
    """
    ready = 0
    for files in open_assignments()[:_MOST]:
        try:
            with all_examiners().use(approved(files)):
                ready += 1
        except GraderError:
            log.warning("assignment %s cannot be graded", files.slug, exc_info=True)
    return ready


def open_assignments() -> list[ApprovedAssignment]:
    """Return what may be handed in now or soon, the next deadline first, each once."""
    now = timezone.now()
    rows = CourseAssignment.objects.filter(
        Q(opens=None) | Q(opens__lt=now + _SOON), Q(due=None) | Q(due__gt=now - _LATE), files__withdrawn=None
    )
    found = rows.select_related("files").order_by("due", "-pk")
    return list({row.files.pk: row.files for row in found}.values())
