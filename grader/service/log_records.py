"""Log records as lines of JSON, without anything that a student wrote or is called.

Records of ``grader.service`` are written as they are: whoever logs there names rows by their ids. Of other loggers,
which may quote names, paths and texts, only the place in the code and the message before its arguments are kept; of
errors their class and the lines that they came by. So what must not be logged is left out by construction.
"""

from __future__ import annotations

import logging
import logging.config
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

from grader.settings import PACKAGE

OURS = "grader.service"
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is answered, which every record of it carries."""

_MOST_FRAMES = 15
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_stream: TextIO = sys.stderr


class RecordsToStderr(logging.StreamHandler[TextIO]):
    """Writes to what was stderr when the process began."""

    def __init__(self) -> None:
        super().__init__(_stream)


class WithoutPersonalData(JsonFormatter):
    """One line of JSON of what a record may say."""

    def __init__(self) -> None:
        super().__init__(["levelname", "name", "message"], rename_fields={"levelname": "level", "name": "logger"},
                         timestamp="time")  # fmt: skip

    def format(self, record: logging.LogRecord) -> str:
        """Format what is harmless of a record."""
        ours = record.name == OURS or record.name.startswith(f"{OURS}.")
        kept = _ours(record) if ours else _of_others(record)
        if record.exc_info and record.exc_info[0]:
            kept |= _error(record.exc_info[0], record.exc_info[2])
        if number := request_id.get():
            kept["request"] = number
        head = {n: vars(record)[n] for n in ("name", "levelname", "levelno", "created")}
        return super().format(logging.makeLogRecord(head | kept))


def logging_settings(level: str) -> dict[str, Any]:
    """Return the settings of logging, as ``dictConfig`` takes them."""
    ours = {"handlers": ["stderr"], "propagate": False}
    others = "WARNING" if level == "INFO" else level  # what they tell of a good day is of no use without its arguments
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": WithoutPersonalData}},
        "handlers": {"stderr": {"()": RecordsToStderr, "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": others},
        "loggers": {
            OURS: {"level": level},
            "dbos": ours,  # it makes a handler of its own where it finds none
            "gunicorn.error": ours | {"level": others},
            "django.request": {"level": "CRITICAL"},  # RequestRecords says the same, without addresses
            "django.security": {"level": "CRITICAL"},
        },
    }


def set_up_logging(level: str) -> None:
    """Set logging up as in :func:`logging_settings`, in a process without Django."""
    logging.config.dictConfig(logging_settings(level))


def keep_stderr_for_records() -> None:
    """Discard what is printed to stderr, but not log records: checks print what they like.

    To be called before logging is set up and before other processes are started.
    """
    global _stream
    _stream = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def log_unexpected() -> None:
    """Have warnings and errors that nothing caught become records."""
    logging.captureWarnings(True)
    log = logging.getLogger(OURS)
    sys.excepthook = lambda *error: log.critical("an error ends this process", exc_info=error)
    threading.excepthook = lambda a: log.critical(
        "an error ends a thread", exc_info=a.exc_value and (a.exc_type, a.exc_value, a.exc_traceback)
    )


def _ours(record: logging.LogRecord) -> dict[str, Any]:
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(type(a).__name__ if isinstance(a, BaseException) else a for a in arguments)
    extra = {n: v for n, v in vars(record).items() if n not in _STANDARD}
    return extra | {"msg": record.msg, "args": arguments}


def _of_others(record: logging.LogRecord) -> dict[str, Any]:
    where = f"{_short(record.pathname)}:{record.lineno} {record.funcName}"
    return {"msg": record.msg if record.args and isinstance(record.msg, str) else "", "where": where}


def _error(kind: type[BaseException], trace: TracebackType | None) -> Mapping[str, Any]:
    frames = traceback.extract_tb(trace)[-_MOST_FRAMES:]
    return {"error": kind.__name__, "frames": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames]}


def _short(path: str) -> str:
    for folder in (PACKAGE.parent, *map(Path, sys.path)):
        if folder != Path() and Path(path).is_relative_to(folder):
            return str(Path(path).relative_to(folder))
    return Path(path).name
