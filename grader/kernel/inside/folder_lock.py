"""Hold a private folder by a file lock, so that nobody takes it for a leftover."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = "lock"


def hold(folder: Path) -> int:
    """Hold a folder until all processes that inherit the descriptor have closed it.

    Raises OSError.
    """
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock
