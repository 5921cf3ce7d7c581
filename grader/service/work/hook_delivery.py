"""Send one event to one hook, and say when it is tried again.

The times between attempts are those of Standard Webhooks. At least once: a worker that dies between the answer and the
row sends again, under the same ``webhook-id``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.db import transaction
from django.utils import timezone

from grader.service.hook_secrets import webhook_of
from grader.service.models import DeliveryState, HookDelivery, OutgoingHook
from grader.service.outgoing import OutgoingError, OutgoingSession
from grader.service.work import delivery_messages as messages

log = logging.getLogger(__name__)

PAUSES_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each failure in a row; after one more it is given up."""

_SLOW_DOWN = (429, 502, 503, 504)
_GONE = 410
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """How a receiver answered: status (0 for none), a sentence, the wait it asks for."""

    status: int
    said: str
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether it has taken the event."""
        return 200 <= self.status < 300


def deliver(pk: int, attempt: int) -> str:
    """Send a delivery unless this attempt is over, and return its state."""
    found = HookDelivery.objects.select_related("hook").filter(pk=pk, attempt=attempt, state=DeliveryState.QUEUED)
    if (delivery := found.first()) is None:
        return "gone"
    answer = _send(delivery)
    now = timezone.now()
    with transaction.atomic():
        state = _state_after(delivery, answer, now)
        if answer.status == _GONE:
            end_hook(delivery.hook, messages.GONE)
        elif answer.status in _SLOW_DOWN:
            until = now + (answer.wait or timedelta(seconds=PAUSES_S[0]))
            OutgoingHook.objects.filter(pk=delivery.hook_id).update(not_before=until)
    log.info("told a hook", extra={"delivery": pk, "attempt": attempt, "status": answer.status, "state": state})
    return state


def end_hook(hook: OutgoingHook, why: str) -> None:
    """Switch a hook off, and give up what waits for it."""
    OutgoingHook.objects.filter(pk=hook.pk).update(ended=why)
    open_ = hook.deliveries.filter(state__in=(DeliveryState.ACCEPTED, DeliveryState.QUEUED))
    open_.update(state=DeliveryState.DEAD, ended=timezone.now())


def _send(delivery: HookDelivery) -> HookAnswer:
    now = timezone.now().replace(microsecond=0)
    signature = webhook_of(delivery.hook.salt).sign(delivery.webhook_id, now, delivery.body)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    try:
        with OutgoingSession() as session:
            answer = session.post(delivery.hook.url, data=delivery.body.encode(), headers=headers)
    except OutgoingError as error:
        return HookAnswer(0, str(error))
    wait = asked_wait(answer.headers.get("Retry-After", ""), now)
    return HookAnswer(answer.status_code, messages.answered(answer.status_code), wait)


def _state_after(delivery: HookDelivery, answer: HookAnswer, now: datetime) -> str:
    """Write down how this attempt went, unless something else has happened to the row."""
    row = HookDelivery.objects.filter(pk=delivery.pk, attempt=delivery.attempt, state=DeliveryState.QUEUED)
    if answer.taken:
        row.update(state=DeliveryState.DELIVERED, answer=answer.said, failures=0, ended=now)
        return DeliveryState.DELIVERED
    pause = pause_after(delivery.webhook_id, delivery.failures)
    failed = {"answer": answer.said[:300], "failures": delivery.failures + 1}
    if pause is None or answer.status == _GONE:
        row.update(state=DeliveryState.DEAD, ended=now, **failed)
        return DeliveryState.DEAD
    due = now + max(pause, answer.wait or timedelta())
    row.update(state=DeliveryState.ACCEPTED, due=due, attempt=delivery.attempt + 1, **failed)
    return DeliveryState.ACCEPTED


def pause_after(webhook_id: str, failures: int) -> timedelta | None:
    """Return how long to wait after one more failure; None to give up.

    Up to a tenth is added, which differs from delivery to delivery, so that not all come back at once.
    """
    if failures >= len(PAUSES_S):
        return None
    share = int(webhook_id[-4:], 16) / 0xFFFF
    return timedelta(seconds=PAUSES_S[failures] * (1 + share / 10))


def asked_wait(header: str, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After asks for, a day at most; None for none."""
    try:
        if header.strip().isdecimal():
            wait = timedelta(seconds=min(int(header), int(_LONGEST.total_seconds())))
        else:
            until = parsedate_to_datetime(header)
            wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), _LONGEST)
