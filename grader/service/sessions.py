"""Begin sessions, list an account's, and end them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from grader.service.models import Account, AccountSession
from grader.service.requests import client_address

_SIGNED_IN = "signed_in"
_BY_LINK = "signed_in_by_link"


@dataclass(frozen=True, slots=True)
class SessionFact:
    """One session as its owner is shown it; ``id`` names it and does not open it."""

    id: str
    current: bool
    since: datetime | None
    address: str
    browser: str


def start_session(request: HttpRequest, account: Account, *, by_link: bool = False) -> None:
    """Sign an account in; by a link it may choose a password without knowing an old one."""
    AccountSession.objects.filter(expire_date__lt=timezone.now()).delete()
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    agent = request.headers.get("User-Agent", "")
    request.session[_SIGNED_IN] = [timezone.now().isoformat(), client_address(request), agent[:200]]
    request.session[_BY_LINK] = by_link


def came_by_link(request: HttpRequest) -> bool:
    """Return whether a session was begun by a link, and no password was chosen since."""
    return bool(request.session.get(_BY_LINK))


def forget_link(request: HttpRequest) -> None:
    """Note that a password was chosen."""
    request.session[_BY_LINK] = False


def sessions_of(request: HttpRequest, account: Account) -> list[SessionFact]:
    """Return an account's sessions, this one first."""
    rows = AccountSession.objects.filter(account=account, expire_date__gt=timezone.now()).order_by("-expire_date")
    facts = [_fact(row, request.session.session_key) for row in rows]
    return sorted(facts, key=lambda fact: not fact.current)


def end_sessions(account: Account, *, only: str = "", but: str | None = None) -> int:
    """End an account's sessions: the one of this id, or all but the one of this key."""
    rows = [r.session_key for r in AccountSession.objects.filter(account=account) if r.session_key != but]
    ended = [key for key in rows if not only or _id(key) == only]
    return AccountSession.objects.filter(session_key__in=ended).delete()[0]


def _fact(row: AccountSession, current: str | None) -> SessionFact:
    since, address, agent = row.get_decoded().get(_SIGNED_IN) or (None, "", "")
    when = datetime.fromisoformat(since) if since else None
    return SessionFact(_id(row.session_key), row.session_key == current, when, address, _browser(agent))


def _id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def _browser(agent: str) -> str:
    """Return what a browser says it is, in words that people know."""
    names = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    systems |= {"Mac OS X": "macOS", "Linux": "Linux"}  # phones and tablets name these too
    browser = next((name for mark, name in names if mark in agent), "a program")
    system = next((name for mark, name in systems.items() if mark in agent), "")
    return f"{browser} on {system}" if system else browser
