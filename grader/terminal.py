"""What goes to a terminal: text of unknown origin made harmless, in the log as well."""

from __future__ import annotations

import logging


def printable(text: str) -> str:
    """Drop control characters but for tab and line end: a student's text must not steer an instructor's terminal."""
    return "".join(c for c in text if c.isprintable() or c in "\t\n")


def log_to_stderr(level: int) -> None:
    """Let this process log to stderr from ``level`` up, one harmless message a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class _Printable(logging.Formatter):
    """Messages and tracebacks may quote a file's name or a student's text."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))
