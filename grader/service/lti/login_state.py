"""What is remembered of a sign-in until the launch that ends it, ten minutes at most.

The browser holds a cookie of the state's name, the shared cache holds the rest. Losing a row of the cache ends a
sign-in, and never lets one through twice: who may end it is decided by a row of :class:`UsedNonce`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from grader.service.lti.models import UsedNonce
from grader.service.lti.refusals import LaunchRefusedError, NoCookieError

_LIFE_S = 600
_KEPT = timedelta(seconds=3 * _LIFE_S)
_COOKIE = "lti-state-"


@dataclass(frozen=True, slots=True)
class BegunLogin:
    """A sign-in that a platform began: ``asked`` is what it sent."""

    state: str
    nonce: str
    registration: int
    asked: dict[str, str]


def begin(registration: int, asked: dict[str, str]) -> BegunLogin:
    """Remember a sign-in of a platform."""
    begun = BegunLogin(secrets.token_urlsafe(32), secrets.token_urlsafe(32), registration, asked)
    cache.set(_key(begun.state), asdict(begun), _LIFE_S)
    return begun


def bind(answer: HttpResponse, begun: BegunLogin) -> None:
    """Have the browser that begins a sign-in be the one that may end it."""
    answer.set_cookie(
        _COOKIE + _short(begun.state), begun.state, max_age=_LIFE_S, secure=settings.CONFIG.https, httponly=True,
        samesite="None" if settings.CONFIG.https else "Lax",
    )  # fmt: skip


def begun_login(request: HttpRequest) -> BegunLogin:
    """Return the sign-in that a launch belongs to.

    Raises NoCookieError where this browser did not keep the cookie, LaunchRefusedError for any other.
    """
    state = request.POST.get("state", "")
    found = cache.get(_key(state)) if state else None
    if found is None:
        raise LaunchRefusedError("state")
    begun = BegunLogin(**found)
    kept = request.COOKIES.get(_COOKIE + _short(state))
    if kept is None:
        raise NoCookieError(begun.asked)
    if not secrets.compare_digest(kept.encode(), state.encode()):
        raise LaunchRefusedError("state")
    return begun


def end(begun: BegunLogin) -> None:
    """Use a sign-in up; raises LaunchRefusedError where any process used it before."""
    now = timezone.now()
    UsedNonce.objects.filter(expires__lt=now).delete()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(digest=hashlib.sha256(begun.nonce.encode()).hexdigest(), expires=now + _KEPT)
    except IntegrityError:
        raise LaunchRefusedError("replayed") from None
    cache.delete(_key(begun.state))


def _key(state: str) -> str:
    return f"lti-login:{hashlib.sha256(state.encode()).hexdigest()}"


def _short(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()[:16]
