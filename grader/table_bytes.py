"""Read a table that staff names: a roster, or a platform's file that is filled in."""

from __future__ import annotations

from pathlib import Path

from grader import messages
from grader.errors import UsageError

_LARGEST = 64 * 2**20  # bytes; far above any course's


def read_table_bytes(path: Path, what: str) -> bytes:
    """Return a file's bytes; raises UsageError where it cannot be read, or is no such table."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(messages.too_large_table(path, what))
        return path.read_bytes()
    except OSError as error:
        raise UsageError(messages.unreadable_table(path, what, error.strerror)) from error
