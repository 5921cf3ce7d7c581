"""Queue uploads for another grading: each as a new version, with its tries counted anew."""

from __future__ import annotations

from django.db.models import F, QuerySet

from grader.service.models import State, Upload


def grade_again(uploads: QuerySet[Upload]) -> int:
    """Have uploads graded again, and return how many there are."""
    return Upload.objects.filter(pk__in=uploads.values("pk")).update(
        version=F("version") + 1, tries=0, state=State.ACCEPTED
    )
