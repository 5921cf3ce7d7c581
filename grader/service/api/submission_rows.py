"""Rows of the API: members by what requests call them, and what is told of uploads."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from grader.service.api import messages
from grader.service.api.problems import RefusedRequest
from grader.service.models import Member, Upload


def members_called(name: str) -> QuerySet[Member]:
    """Return the members, of any course, with a login, number or email."""
    return Member.objects.filter(Q(login=name) | Q(number=name) | Q(email__iexact=name))


def links_of(upload: Upload) -> dict[str, str]:
    """Return the addresses of what there is of an upload."""
    names = {"status": "state", "result": "result", "report": "report", "notebook": "notebook"}
    return {key: settings.CONFIG.url + reverse(f"api:{name}", args=[upload.pk]) for key, name in names.items()}


def accepted_row(upload: Upload) -> dict[str, Any]:
    """Return what is answered where an upload was taken."""
    said = {"id": upload.pk, "sha256": upload.sha256, "attempt": upload.attempt, "received": upload.received}
    return {**said, "links": links_of(upload), "summary": messages.STORED, "timestamp": upload.received}


def row_of(upload: Upload) -> dict[str, Any]:
    """Return what a list tells of an upload."""
    assignment, member = upload.assignment, upload.member
    return {
        "id": upload.pk,
        "course": assignment.course.slug,
        "assignment": assignment.slug,
        "login": member.login,
        "number": member.number,
        "attempt": upload.attempt,
        "file_name": upload.file_name,
        "sha256": upload.sha256,
        "received": upload.received,
        "state": upload.state,
        "links": links_of(upload),
    }


def page_from_cursor(uploads: QuerySet[Upload], cursor: str, limit: int) -> dict[str, Any]:
    """Return so many of the uploads, the newest first, from a cursor on."""
    if cursor:
        received, pk = _read_cursor(cursor)
        uploads = uploads.filter(Q(received__lt=received) | Q(received=received, pk__lt=pk))
    found = [*uploads.order_by("-received", "-pk")[: limit + 1]]
    rows = [row_of(upload) for upload in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return {"submissions": rows, "next": _cursor_at(last) if last else None}


def _cursor_at(upload: Upload) -> str:
    return base64.urlsafe_b64encode(f"{upload.received.isoformat()} {upload.pk}".encode()).decode()


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    try:
        received, pk = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
        when = datetime.fromisoformat(received)
        if when.tzinfo is None:
            raise ValueError(received)
        return when, uuid.UUID(pk)
    except (ValueError, binascii.Error) as error:
        raise RefusedRequest(422, messages.BAD_CURSOR) from error
