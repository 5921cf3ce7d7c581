"""Tell hooks of results: a row for each hook that asked for the event.

Rows are written in the transaction that changes the grade; workers send them.
"""

from __future__ import annotations

import enum
import hashlib
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from grader import strict_json
from grader.service.models import Correction, HookDelivery, OutgoingHook, PublishedResult, Upload
from grader.service.upload_grades import final_grade_of


class HookEvent(enum.StrEnum):
    """What hooks are told of."""

    GRADED = "submission.graded"
    REGRADED = "submission.regraded"
    CORRECTED = "submission.corrected"


def tell_published(published: PublishedResult) -> None:
    """Tell of a result, once."""
    event = HookEvent.GRADED if published.version == 1 else HookEvent.REGRADED
    _tell(published.upload, event, f"result-{published.upload_id}-{published.version}", published.graded)


def tell_corrected(correction: Correction, *, taken_back: bool = False) -> None:
    """Tell that staff corrected a member's latest attempt, or took that back; once.

    Whoever handed in nothing has no submission to tell of.
    """
    uploads = Upload.objects.filter(assignment=correction.assignment, member=correction.member)
    if latest := uploads.order_by("attempt").last():
        key = f"correction-{correction.pk}{'-taken-back' if taken_back else ''}"
        _tell(latest, HookEvent.CORRECTED, key, timezone.now())


def _tell(upload: Upload, event: HookEvent, key: str, when: datetime) -> None:
    hooks = OutgoingHook.objects.filter(course=upload.assignment.course_id, ended="")
    if not (told := [hook for hook in hooks if event in hook.events]):
        return
    body = _body(upload, event, when)
    HookDelivery.objects.bulk_create(
        [
            HookDelivery(hook=hook, webhook_id=_id_of(hook, key), event=event, body=body, due=timezone.now())
            for hook in told
        ],
        ignore_conflicts=True,
    )


def _id_of(hook: OutgoingHook, key: str) -> str:
    return "msg_" + hashlib.sha256(f"{hook.salt} {key}".encode()).hexdigest()[:32]


def _body(upload: Upload, event: HookEvent, when: datetime) -> str:
    """Return what is sent: ids, state, score and a link, no name and no text of anybody's."""
    upload.refresh_from_db(fields=["state", "version"])
    grade = final_grade_of(upload)
    data = {
        "submission": str(upload.pk),
        "course": upload.assignment.course.slug,
        "assignment": upload.assignment.slug,
        "attempt": upload.attempt,
        "version": upload.version,
        "state": upload.state,
        "score": grade.score if grade else None,
        "max_score": grade.result.max_score if grade else None,
        "link": settings.CONFIG.url + reverse("upload", args=[upload.pk]),
        "api": settings.CONFIG.url + reverse("api:state", args=[upload.pk]),
    }
    return strict_json.dumps({"type": event, "timestamp": when.isoformat(), "data": data})
