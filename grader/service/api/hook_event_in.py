"""Events that platforms send: the signature, the fields, and the notebook."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from pydantic import AwareDatetime, Field, ValidationError
from standardwebhooks import WebhookVerificationError

from grader.service.api import hook_messages as messages
from grader.service.api.fields import Base64, FileName, Name
from grader.service.api.problems import RefusedRequest, sentence_of
from grader.service.api.submission_request import parse_json
from grader.service.credentials import is_good
from grader.service.hook_secrets import webhook_of
from grader.service.messages import upload_too_large
from grader.service.models import IncomingHook
from grader.service.outgoing import LargeAnswerError, OutgoingError, OutgoingSession

log = logging.getLogger(__name__)

HANDED_IN = "submission.created"
_EARLY = timedelta(minutes=5)  # as the signature's own tolerance
_LONGEST_ID = 200
_FETCHING = threading.BoundedSemaphore(2)  # of the web process's threads: the others answer meanwhile


class HandedInData(Schema):
    """What a platform says was handed in: the notebook in base64, or where it is.

    ``member`` is the login, number or email of whoever handed in.
    """

    assignment: Name
    member: Name
    file_name: FileName = "notebook.ipynb"
    notebook: Base64 | None = None
    url: str = Field(default="", max_length=2000)


class PlatformEvent(Schema):
    """An event in the form of Standard Webhooks; ``timestamp`` is when it happened."""

    type: Name
    timestamp: AwareDatetime
    data: dict[str, Any]


def verified_hook(request: HttpRequest, pk: uuid.UUID, body: bytes) -> tuple[IncomingHook, str]:
    """Return the hook that an event was signed for, and the event's id; raises RefusedRequest.

    Whether there is no such hook, or it has ended, or the signature is wrong, is not told.
    """
    hook = IncomingHook.objects.select_related("course", "token__account", "token__course").filter(pk=pk).first()
    id_ = request.headers.get("webhook-id", "")
    fit = len(id_) <= _LONGEST_ID and id_.isascii() and id_.isprintable()
    if hook is None or not is_good(hook.token) or not fit:
        raise RefusedRequest(401, messages.NOT_SIGNED, "signature")
    try:
        webhook_of(hook.salt).verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError, OSError) as error:
        raise RefusedRequest(401, messages.NOT_SIGNED, "signature") from error
    return hook, id_


def read_event(body: bytes) -> tuple[HandedInData | None, datetime]:
    """Return what was handed in and when; None for an event of another type.

    Raises RefusedRequest.
    """
    try:
        event = PlatformEvent.model_validate(parse_json(body))
        if event.timestamp > timezone.now() + _EARLY:
            raise RefusedRequest(422, messages.IN_FUTURE, "timestamp")
        when = event.timestamp.astimezone(UTC)
        return (HandedInData.model_validate(event.data) if event.type == HANDED_IN else None), when
    except ValidationError as error:
        raise RefusedRequest(422, sentence_of([*error.errors()])) from error
    except OverflowError as error:  # a time that no calendar has
        raise RefusedRequest(422, messages.IN_FUTURE, "timestamp") from error


def notebook_of(hook: IncomingHook, data: HandedInData) -> bytes:
    """Return the notebook that an event holds or names; raises RefusedRequest."""
    if (data.notebook is None) == (not data.url):
        raise RefusedRequest(422, messages.ONE_NOTEBOOK)
    content = _fetched(hook, data.url) if data.notebook is None else data.notebook
    if len(content) > settings.CONFIG.upload_limit:
        raise RefusedRequest(413, upload_too_large(settings.CONFIG.upload_mb))
    return content


def _fetched(hook: IncomingHook, url: str) -> bytes:
    try:
        place = urlsplit(url)
        foreign = place.netloc.lower() not in hook.hosts
    except ValueError:
        foreign = True
    if foreign:
        raise RefusedRequest(422, messages.OTHER_HOST, "file-host")
    if not _FETCHING.acquire(blocking=False):
        raise RefusedRequest(503, messages.BUSY)
    try:
        with OutgoingSession(most_bytes=settings.CONFIG.upload_limit) as session:
            headers = {"Authorization": f"Bearer {hook.platform_token}"} if hook.platform_token else {}
            answer = session.get(url, headers=headers)
    except LargeAnswerError as error:
        raise RefusedRequest(413, upload_too_large(settings.CONFIG.upload_mb)) from error
    except OutgoingError as error:
        raise RefusedRequest(502, messages.no_file(str(error)), "no-file") from error
    finally:
        _FETCHING.release()
    if answer.status_code != 200:
        raise RefusedRequest(502, messages.file_answered(answer.status_code), "no-file")
    return answer.content
