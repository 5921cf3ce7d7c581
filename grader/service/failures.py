"""Answer requests that failed through a fault of ours in one sentence."""

from __future__ import annotations

import errno
import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from grader.service import messages

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def failed_request(request: HttpRequest) -> HttpResponse:
    """Answer a request whose view raised with the status and the sentence of its error.

    Nothing is asked of the database, and no template: either may be what failed.
    """
    status, sentence = status_of(sys.exc_info()[1])
    answer = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        answer["Retry-After"] = "5"
    return answer


def status_of(error: BaseException | None) -> tuple[int, str]:
    """Return the status and the sentence for an error that nothing else answers."""
    if _is_full(error):
        return 507, messages.NO_ROOM
    if isinstance(error, OperationalError | InterfaceError):
        return 503, messages.NO_DATABASE
    return 500, messages.OUR_FAULT


def _is_full(error: BaseException | None) -> bool:
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode == sqlite3.SQLITE_FULL
    if getattr(cause, "sqlstate", None) == "53100":  # disk_full
        return True
    return isinstance(error, OSError) and error.errno in _NO_ROOM
