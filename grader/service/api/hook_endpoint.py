"""The endpoint at which platforms hand in, by signed events."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from grader.errors import UsageError
from grader.service import access, audit
from grader.service.accept import accept
from grader.service.admission import NotAcceptedError
from grader.service.api import hook_messages
from grader.service.api.bearer import assignment_for
from grader.service.api.hook_event_in import HandedInData, PlatformEvent, notebook_of, read_event, verified_hook
from grader.service.api.problems import CODES, RefusedRequest
from grader.service.api.schemas import Accepted, HookIgnored, answers
from grader.service.api.submission_rows import accepted_row
from grader.service.api.submit_endpoint import named_member
from grader.service.atomic_writes import atomic
from grader.service.idempotency import RequestKey
from grader.service.models import IdempotencyKey, IncomingHook, Member, Upload

log = logging.getLogger(__name__)
router = Router(tags=["hooks"])

_EVENT = PlatformEvent.model_json_schema()
_SOURCE = "hook"
_MOST_A_MINUTE = 600
_MINUTE = timedelta(minutes=1)


@router.post(
    "/hooks/{uuid:pk}",
    auth=None,
    response=answers({200: HookIgnored, 202: Accepted}, 409, 411, 413, 502, 507),
    operation_id="hand_in_by_hook",
    summary="Hand a notebook in by a signed event",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _EVENT}}}},
)
def hand_in_by_hook(request: HttpRequest, pk: uuid.UUID) -> Status[dict[str, Any]]:
    """Take what a platform says was handed in, signed by Standard Webhooks.

    The event ``submission.created`` has ``data`` with ``assignment``, ``member``, ``file_name`` and either ``notebook``
    in base64 or the ``url`` of its file. An event that comes again gets the same answer, and is handed in once.
    """
    try:
        return _hand_in(request, pk)
    except (RefusedRequest, NotAcceptedError, UsageError, Http404) as error:
        status = getattr(error, "status", 404 if isinstance(error, Http404) else 422)
        code = getattr(error, "code", "") or CODES[status]
        log.warning("an event of a hook was refused", extra={"hook": str(pk), "status": status, "code": code})
        raise


def _hand_in(request: HttpRequest, pk: uuid.UUID) -> Status[dict[str, Any]]:
    body = request.read()
    hook, id_ = verified_hook(request, pk, body)
    request.user, request.token = hook.token.account, hook.token  # type: ignore[attr-defined] # as a bearer's
    before = IdempotencyKey.objects.filter(token=hook.token, key=id_).select_related("upload").first()
    if before:
        return Status(202, accepted_row(before.upload))
    data, when = read_event(body)
    if data is None:
        return Status(200, {"summary": hook_messages.IGNORED, "timestamp": timezone.now()})
    return Status(202, accepted_row(_taken(request, hook, id_, data, when)))


def _taken(request: HttpRequest, hook: IncomingHook, id_: str, data: HandedInData, when: datetime) -> Upload:
    assignment = assignment_for(request, hook.course.slug, data.assignment, access.STAFF)
    member = named_member(hook.course, data.member)
    _require_rate(hook)
    submitted = when.isoformat(timespec="seconds")
    later = Upload.objects.filter(
        assignment=assignment, member=member, source=_SOURCE, platform__submitted__gt=submitted
    )
    if later.exists():  # before anything is fetched
        raise RefusedRequest(409, hook_messages.OLDER, "older")
    content = notebook_of(hook, data)
    with atomic():
        Member.objects.select_for_update().get(pk=member.pk)  # of two events at once the later one counts
        if later.exists():
            raise RefusedRequest(409, hook_messages.OLDER, "older")
        return accept(
            assignment, member, data.file_name, [content], by=hook.token.account, source=_SOURCE,
            key=RequestKey(hook.token, id_), platform={"submitted": submitted},
            note=lambda made: audit.record(
                request, "uploaded", made.pk, course=hook.course, size=made.size, hook=str(hook.pk)
            ),
        )  # fmt: skip


def _require_rate(hook: IncomingHook) -> None:
    lately = Upload.objects.filter(by=hook.token.account, received__gt=timezone.now() - _MINUTE, source=_SOURCE)
    if lately.count() >= _MOST_A_MINUTE:
        raise NotAcceptedError(429, "too-many-uploads", hook_messages.TOO_MANY, _MINUTE)
