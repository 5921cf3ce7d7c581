"""Send scores to platforms' gradebooks: each arrives, none over a newer one, none twice.

A row may be sent again after a worker died or an answer was lost; it is the same score with the same time then.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from lti_tool.models import LtiRegistration, LtiUser

from grader.service.lti import messages
from grader.service.lti.line_items import ensure_line_item, part_of, results_of
from grader.service.lti.models import LtiPlatform, ScorePassback, ScoreState
from grader.service.lti.platform_client import SCORE, PlatformClient, PlatformRequestError
from grader.service.lti.score_rows import PENDING
from grader.service.models import Member

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)
"""Longer than the requests of one row take."""

_WHILE_S = 60.0
"""How long rows are sent before a worker looks at other things."""

_REFUSALS = 8
"""How often a platform may refuse a score before staff is to look; one that is away is waited for."""

_TEMPORARY = (0, 401, 408, 409, 425, 429)
_LONGEST = timedelta(hours=1)
_KIND = "application/vnd.ims.lis.v1.score+json"
_CANVAS = "https://canvas.instructure.com/lti/submission"
_SAME = 0.001
"""How far a part of the whole may be from ours and still be it: platforms round."""


def send_due() -> int:
    """Send what is due, for a while, and return how many rows were tried."""
    tried, until, clients = 0, time.monotonic() + _WHILE_S, dict[int, PlatformClient]()
    due = ScorePassback.objects.filter(state=ScoreState.WAITING, due__lte=timezone.now()).order_by("due")
    for pk in list(due.values_list("pk", flat=True)[:500]):
        if time.monotonic() > until:
            break
        if row := _claim(pk):
            tried += 1
            _try(row, clients)
    return tried


def _claim(pk: int) -> ScorePassback | None:
    """Return a row that is this worker's for a while, None for one that is not to be sent.

    It is a member's newest, and none of theirs is being sent.
    """
    with transaction.atomic():
        row = ScorePassback.objects.select_related(
            "member", "link__assignment", "link__resource_link__context__deployment__registration"
        ).get(pk=pk)
        Member.objects.select_for_update().get(pk=row.member_id)
        row.refresh_from_db(fields=["state", "due", "tries"])
        others, now = ScorePassback.objects.filter(link=row.link, member=row.member), timezone.now()
        if row.state != ScoreState.WAITING or row.due > now or others.filter(sending__gt=now).exists():
            return None
        if others.filter(number__gt=row.number).exists():
            others.filter(pk=pk).update(state=ScoreState.SUPERSEDED)
            return None
        row.tries += 1
        others.filter(pk=pk).update(tries=row.tries, sending=now + _LEASE, due=now + _LEASE)
        return row


def _try(row: ScorePassback, clients: dict[int, PlatformClient]) -> None:
    registration = row.link.resource_link.context.deployment.registration
    state, why, due = ScoreState.WAITING, "", timezone.now()
    try:
        if registration.pk not in clients:
            clients[registration.pk] = PlatformClient(registration)
        state, why = _send(row, registration, clients[registration.pk])
    except PlatformRequestError as error:
        refused = error.status in range(400, 500) and error.status not in _TEMPORARY
        state = ScoreState.FAILED if refused and row.tries >= _REFUSALS else ScoreState.WAITING
        why, due = str(error), due + _pause(row.tries)
        log.warning("a score was not taken", extra={"score": row.pk, "status": error.status, "tries": row.tries})
    except DatabaseError:
        raise
    except Exception:
        log.exception("a score could not be sent")
        why, due = messages.SCORE_BROKE_OFF, due + _pause(row.tries)
    ScorePassback.objects.filter(pk=row.pk).update(state=state, why=why, due=due, sending=None)


def _pause(tries: int) -> timedelta:
    return min(timedelta(seconds=5 * 2 ** min(tries, 12)), _LONGEST)


def _send(row: ScorePassback, registration: LtiRegistration, client: PlatformClient) -> tuple[ScoreState, str]:
    """Send a row's score and return what became of it.

    A grade that does not come from here is never sent over.
    """
    user = LtiUser.objects.filter(registration=registration, auth_user=row.member.account).first()
    if user is None:
        return ScoreState.FAILED, messages.NO_PERSON
    ensure_line_item(row.link, client)
    there = results_of(row.link, user.sub, client)
    tried = ScorePassback.objects.filter(link=row.link, member=row.member, tries__gt=0).order_by("-number")
    sent = tried.filter(state=ScoreState.SENT).first()
    ours = [r for r in tried if sent is None or r.number >= sent.number]  # what stands there, if nobody changed it
    if there is not None and not any(_is(r, there) for r in ours):
        return ScoreState.HELD, messages.CHANGED_THERE
    if row.tries > 1 and there is not None and _is(row, there) and not (sent and _is(sent, there)):
        return ScoreState.SENT, ""  # it had arrived, and the answer was lost
    try:
        client.post(part_of(row.link.line_item, "scores"), SCORE, _KIND, json.dumps(_body(row, user.sub, registration)))
    except PlatformRequestError as error:
        if error.status != 409:
            raise
        return ScoreState.HELD, messages.NEWER_THERE
    return ScoreState.SENT, ""


def _is(row: ScorePassback, there: float) -> bool:
    """Return whether a result there, as a part of the whole, is the one of a row."""
    return row.score is not None and abs(row.score / (row.max_score or 1) - there) <= _SAME


def _body(row: ScorePassback, sub: str, registration: LtiRegistration) -> dict[str, Any]:
    report = f"{settings.CONFIG.url}{reverse('report', args=[row.upload_id])}"
    pending = row.progress == PENDING
    body: dict[str, Any] = {
        "userId": sub,
        "activityProgress": "Submitted" if pending else "Completed",
        "gradingProgress": row.progress,
        "timestamp": _moment(row.timestamp),
        "comment": messages.comment(report),
        "submission": {"submittedAt": _moment(row.upload.received)},
    }
    if not pending:
        body |= {"scoreGiven": row.score, "scoreMaximum": row.max_score}
    if LtiPlatform.objects.filter(registration=registration, kind="canvas").exists():
        body[_CANVAS] = {"new_submission": False, "prioritize_non_tool_grade": True}
    return body


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
