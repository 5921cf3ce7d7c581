"""A user for a kernel when the grader itself runs as root."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import numpy as np

_FIRST, _COUNT = 0x30000000, 1 << 16  # far above the numbers that systems and containers give to anybody
_NEEDED = 1 << 19 | 1 << 1  # SYS_PTRACE to look after them, DAC_OVERRIDE to read and remove what they leave


def private_user() -> int:
    """Return the number of a user who owns nothing, or 0 to stay the same user.

    It is nobody else's. A kernel stays who it is where the grader is an ordinary user, may not look after processes of
    others, cannot name such users, or where libraries are for their owner alone. It takes namespaces besides, in which
    no path leads through closed folders.
    """
    if os.geteuid() != 0 or not _may_watch_others() or not _is_known(_FIRST + _COUNT):
        return 0
    libraries = (Path(os.__file__), Path(np.__file__))
    if not all(library.stat().st_mode & 0o004 for library in libraries):
        return 0
    return _FIRST + secrets.randbelow(_COUNT)


def _may_watch_others() -> bool:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return int(effective, 16) & _NEEDED == _NEEDED


def _is_known(user: int) -> bool:
    lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    return any(int(first) <= user < int(first) + int(count) for first, _, count in map(str.split, lines))
