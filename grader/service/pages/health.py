"""Whether the service lives, whether it can take uploads, and its figures."""

from __future__ import annotations

import ipaddress
import os
import re

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from grader.service.blob_store import blob_folder, free_bytes
from grader.service.credentials import Scope, find_token
from grader.service.metrics import exposition
from grader.service.worker_health import living_workers

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
_LOCAL_NAMES = {"127.0.0.1", "[::1]", "localhost"}


@login_not_required
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process lives."""
    return _text("ok\n")


@login_not_required
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 where uploads can be taken, else 503 and why.

    Without workers they are taken all the same, and wait.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        workers = living_workers().count()
    except DatabaseError:
        return _text("the database does not answer\n", 503)
    if not os.access(blob_folder(), os.W_OK | os.X_OK):
        return _text("the folder of uploads cannot be written\n", 503)
    if free_bytes() < 0:
        return _text("uploads are refused: the disk has less free than min_free_mb asks for\n", 503)
    return _text(f"ok, workers: {workers}\n" if workers else "ok, but no worker answers: uploads wait\n")


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return figures for Prometheus: to this machine, or to a token with the scope for it."""
    if not (_from_this_machine(request) or _has_token(request)):
        raise Http404
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine(request: HttpRequest) -> bool:
    """Return whether no proxy forwards it, which may come from elsewhere."""
    host = re.sub(r":\d+$", "", request.get_host())
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and host in _LOCAL_NAMES and not any(h in request.META for h in _FORWARDED)


def _has_token(request: HttpRequest) -> bool:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    token = find_token(text) if kind == "Bearer" else None
    return token is not None and token.account.is_superuser and Scope.METRICS in token.scopes


def _text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
