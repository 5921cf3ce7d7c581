"""End this worker at once where it cannot know what it has lost.

Its supervisor starts another one. The queue's own threads log that the database is lost and go on, and a workflow that
they ran may stay pending for ever. So whoever sees the loss first ends the process: a thread of ours, a step, or a
connection of the queue's.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

import sqlalchemy as sa
from django.db import InterfaceError, OperationalError
from sqlalchemy.engine import ExceptionContext

from grader.service.work.grading import TRIES
from grader.service.work.tries import write_note

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

_LOST_DATABASE = 75
_notes: list[Path] = []


def leave_notes_in(file: Path) -> None:
    """Set the file in which a worker that lost its database notes tries to give back."""
    _notes[:] = [file]


def end_worker(why: str) -> NoReturn:
    """End this process, whatever its threads are at."""
    log.error("this worker ends: %s", " ".join(why.split()))
    for file in _notes:
        write_note(file, TRIES.end())
    logging.shutdown()
    os._exit(_LOST_DATABASE)


def ends_with_database(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function so that an error of the database in it ends this process."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except (OperationalError, InterfaceError, sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            end_worker(str(getattr(error, "orig", error)))  # SQLAlchemy's own text has what was to be written

    return inner


def watch_queue_database() -> None:
    """End this process when a connection of the queue's is lost, in whichever thread."""
    sa.event.listen(sa.Engine, "handle_error", _end_if_lost)


def _end_if_lost(context: ExceptionContext) -> None:
    error = context.original_exception
    if context.is_disconnect or _is_lost(error):
        end_worker(str(error))


def _is_lost(error: BaseException) -> bool:
    """Return whether a driver's error says that the database is lost, and not just busy."""
    if isinstance(error, sqlite3.OperationalError):
        return (error.sqlite_errorcode & 0xFF) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if isinstance(error, sqlite3.DatabaseError):
        return not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)
    import psycopg

    if not isinstance(error, psycopg.OperationalError):
        return False
    state = error.sqlstate or "08"  # without one the server never answered
    return state[:2] in ("08", "53", "58", "XX") or state.startswith("57P")
