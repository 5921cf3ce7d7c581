"""The log of who changed what."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from grader.service.models import Account, ApiToken, AuditEntry, Course
from grader.service.requests import client_address


def record(
    request: HttpRequest | None, action: str, target: object = "", *, course: Course | None = None, **details: Any
) -> None:
    """Write one entry, in the transaction of what it tells of: both are there or neither.

    ``details`` are JSON data and hold no student's text, answers or names. Raises RuntimeError outside of a
    transaction: :mod:`grader.service.atomic_writes` says where none is begun.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"the entry {action!r} is in no transaction")
    account = getattr(request, "user", None)
    known = account if isinstance(account, Account) else None
    token = getattr(request, "token", None)
    AuditEntry.objects.create(
        account=known,
        who=str(known.username if known else "command line" if request is None else ""),
        token=token.name if isinstance(token, ApiToken) else "",
        action=action,
        course=course,
        target=str(target)[:200],
        details=details,
        address=client_address(request) if request else "",
    )
