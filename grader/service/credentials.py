"""Tokens of the API and links to sign in, shown once and kept as digests."""

from __future__ import annotations

import enum
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from grader.service.models import Account, ApiToken, Course, SignInLink

PREFIX = "grader_"

MOST_DAYS = 3650
"""The most days after which a token expires, where it does."""


class Scope(enum.StrEnum):
    """What a token is good for, within what its account may do."""

    SUBMIT = "submit"
    READ = "read"
    SUBMIT_FOR_OTHERS = "submit-for-others"
    GRADE = "grade"
    EXPORT = "export"
    METRICS = "metrics"


def make_token(
    account: Account,
    name: str,
    scopes: Iterable[Scope],
    *,
    course: Course | None = None,
    expires: datetime | None = None,
) -> str:
    """Make a token and return its text, which is nowhere else."""
    text = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        account=account, name=name[:100], scopes=sorted(scopes), course=course, expires=expires, digest=_digest_of(text)
    )
    return text


def end_token(token: ApiToken) -> bool:
    """End a token for good; return whether it had not ended already."""
    return ApiToken.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now()) > 0


def find_token(text: str) -> ApiToken | None:
    """Return a token that is good now, and note its use."""
    now = timezone.now()
    found = ApiToken.objects.select_related("account", "course").filter(digest=_digest_of(text), revoked=None).first()
    if found is None or not is_good(found):
        return None
    if found.last_used is None or now - found.last_used > timedelta(minutes=1):
        ApiToken.objects.filter(pk=found.pk).update(last_used=now)
    return found


def is_good(token: ApiToken) -> bool:
    """Return whether a token works now."""
    expired = token.expires is not None and token.expires <= timezone.now()
    return token.revoked is None and token.account.is_active and not expired


def make_link(account: Account, *, valid: timedelta = timedelta(days=14)) -> str:
    """Make a one-time link's secret and return it."""
    text = secrets.token_urlsafe(32)
    SignInLink.objects.create(account=account, digest=_digest_of(text), expires=timezone.now() + valid)
    return text


def use_link(text: str) -> Account | None:
    """Return whom a link signs in, once; None where it was used, has expired or never was."""
    now = timezone.now()
    found = SignInLink.objects.filter(digest=_digest_of(text))
    if not found.filter(used=None, expires__gt=now, account__is_active=True).update(used=now):
        return None
    return found.select_related("account").get().account


def _digest_of(text: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()
