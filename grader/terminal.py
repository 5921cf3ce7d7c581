"""Make stdout, stderr and logging safe for any text and for closed pipes."""

from __future__ import annotations

import codecs
import contextlib
import io
import locale
import logging
import os
import select
import sys
from typing import TYPE_CHECKING, TextIO

from grader.sanitize import one_line, undecodable_byte, visible

if TYPE_CHECKING:
    from typing_extensions import Buffer

ERRORS = "grader"
"""The name of the error handler that spells what an encoding lacks."""

# How our own signs are spelled where the encoding has none of them.
_SPELLED = {
    "✓": "+", "✗": "x", "○": "o", "·": ".", "…": "...", "–": "-", "—": "-", "−": "-", "→": "->", "×": "x",  # noqa: RUF001
    "‘": "'", "’": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "⏎": "\\n", "⇥": "\\t", "━": "-", "─": "-", "│": "|",  # noqa: RUF001
    "⟨": "<", "⟩": ">",
}  # fmt: skip


def log_to_stderr(level: int) -> None:
    """Let this process log to stderr from ``level`` up, one harmless message a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Visible("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class _Visible(logging.Formatter):
    """Messages and tracebacks may quote a file's name or a student's text."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        """Format the record's message as one line of visible characters."""
        return one_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Format a record, its traceback too, in visible characters."""
        return visible(super().format(record))


def prepare_streams() -> None:
    """Make stdout and stderr take any text in any encoding, also where nobody reads them.

    Streams that were closed lead nowhere from now on, in the processes that are started too: a file that is opened
    later must not take their numbers.
    """
    for number in range(3):
        with contextlib.suppress(OSError):
            os.fstat(number)
            continue
        # Takes the lowest number that is free. What is written to a stdout that is closed is lost, and found to be.
        opened = os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_RDWR)
        os.set_inheritable(opened, True)
    sys.stdout, sys.stderr = _tolerant(sys.stdout, 1), _tolerant(sys.stderr, 2)
    for name in ("stdout", "stderr"):
        if getattr(sys, f"__{name}__") is None:  # pytest, in a fork of this process, needs one
            setattr(sys, f"__{name}__", getattr(sys, name))


def read_names_as_utf8() -> None:
    """Begin this program anew where Python reads file names otherwise than as UTF-8.

    A name stands for a person: it must be the same text whatever is set where a command is called. What is said goes on
    to be said in the locale's encoding.
    """
    if os.name == "nt" or sys.getfilesystemencoding() == "utf-8" or sys.flags.utf8_mode or sys.flags.ignore_environment:
        return
    os.environ.setdefault("PYTHONIOENCODING", locale.getencoding())
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def as_shown(text: str) -> str:
    """Return a text as stdout will show it, for what depends on its width."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


def flush_output() -> OSError | None:
    """Write out what stdout and stderr hold back; return why stdout lost something, or None."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.lost if isinstance(raw, _Outlet) else None


class _Outlet(io.FileIO):
    """A descriptor that can be written to when its reader is gone; ``lost`` says why."""

    lost: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Write some of the data, or drop all of it where that is impossible; return how much."""
        try:
            while (written := super().write(data)) is None:  # its other users made it one that does not wait
                select.select([], [self], [])
        except OSError as error:
            self.lost = error
            return memoryview(data).nbytes
        return written


def _tolerant(stream: TextIO | None, number: int) -> TextIO:
    if stream is not None and not (isinstance(stream, io.TextIOWrapper) and stream in (sys.__stdout__, sys.__stderr__)):
        return stream  # somebody collects what is said
    encoding = stream.encoding if stream else "utf-8"
    if stream and sys.platform == "win32":  # whose consoles are no files
        stream.reconfigure(errors=ERRORS)
        return stream
    outlet = io.BufferedWriter(_Outlet(number, "wb", closefd=False))
    return io.TextIOWrapper(outlet, encoding, ERRORS, line_buffering=number == 2 or os.isatty(number))


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SPELLED.get(c) or undecodable_byte(c) or ascii(c)[1:-1] for c in lacking), error.end


codecs.register_error(ERRORS, _spell)
