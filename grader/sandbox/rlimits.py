"""Set resource limits above what the process uses already."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

if sys.platform != "win32":  # there nothing is limited, but the modules that know of limits load
    import resource

_MB = 1 << 20
_ADDRESS_SLACK_MB = 4096  # arenas, thread stacks and libraries reserve address space that they never touch


def limit(*, memory_mb: int, cpu_s: int, file_mb: int, open_files: int = 256) -> None:
    """Limit what the calling process may use from now on.

    Raises OSError when the system refuses. ``file_mb`` bounds each single file.

    Memory is bounded by RLIMIT_DATA: RLIMIT_AS counts reservations and breaks torch, so it only stops what
    RLIMIT_DATA does not count.
    """
    _set_limit(resource.RLIMIT_DATA, _status_bytes("VmData") + memory_mb * _MB)
    _set_limit(resource.RLIMIT_AS, _status_bytes("VmSize") + (memory_mb + _ADDRESS_SLACK_MB) * _MB)
    end_s = int(cpu_s + sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (end_s + 1, end_s + 3))  # the hard limit kills and cannot be ignored
    _set_limit(resource.RLIMIT_FSIZE, file_mb * _MB)
    _set_limit(resource.RLIMIT_NOFILE, open_files)
    _set_limit(resource.RLIMIT_SIGPENDING, 256)
    _ends_before_others(1000)
    for nothing in (resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        _set_limit(nothing, 0)
    _set_limit(resource.RLIMIT_CORE, 1)  # byte: of 0, a system that hands cores to a program of its own takes no notice


def backstop(memory_mb: int) -> None:
    """Have the calling process get a MemoryError before the whole machine lacks memory.

    Where the machine has too little all the same, the system ends this process after kernels and before what called it.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError):  # it is bounded more tightly already
            _set_limit(resource.RLIMIT_DATA, _status_bytes("VmData") + memory_mb * _MB)
        _ends_before_others(500)


def _ends_before_others(score: int) -> None:
    with contextlib.suppress(OSError):  # where the machine itself runs out of memory, what grades is to be spared
        Path("/proc/self/oom_score_adj").write_text(str(score), encoding="ascii")


def _set_limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def _status_bytes(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {field}")
