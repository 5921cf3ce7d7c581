"""Number of processors, free memory, and whether the memory of this machine ran out."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from collections.abc import Iterator
from pathlib import Path

from grader.digests import digest_of_texts

_MB = 1 << 20
_GROUPS = Path("/sys/fs/cgroup")


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_memory_mb() -> float:
    """Return how much memory this process and its children can still have.

    It is infinite where nobody says so.
    """
    available = _fields("/proc/meminfo").get("MemAvailable", math.inf)
    return min([available * 1024, *(limit - used for limit, used in _group_limits())]) / _MB


def times_out_of_memory() -> int:
    """Return how often this machine has ended a process because memory ran out."""
    return _fields("/proc/vmstat").get("oom_kill", 0)


def withholds_memory(mb: float) -> bool:
    """Return whether the machine refuses ``mb`` MB that a process's limit leaves it.

    That is where the system promises no more than it has (vm.overcommit_memory = 2) and others hold the rest.
    """
    if _file_text("/proc/sys/vm/overcommit_memory").strip() != "2":
        return False
    memory = _fields("/proc/meminfo")
    return (memory.get("CommitLimit", 0) - memory.get("Committed_AS", 0)) / 1024 < mb


@functools.cache
def identity() -> str:
    """Return a name for this machine, because measured costs hold for one machine alone."""
    model = next((line for line in _file_text("/proc/cpuinfo").splitlines() if line.startswith("model name")), "")
    parts = (model, str(os.cpu_count()), _file_text("/etc/machine-id").strip())
    return digest_of_texts(parts)[:16]


def _group_limits() -> Iterator[tuple[float, float]]:
    """Yield the limit and use, in bytes, of each control group that this process is in.

    Both versions of control groups are read.
    """
    for line in _file_text("/proc/self/cgroup").splitlines():
        _, controllers, own = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root = _GROUPS / "memory" if controllers else _GROUPS
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if controllers else ("memory.max", "memory.current")
        cache = "total_inactive_file" if controllers else "inactive_file"  # which the system gives up first
        # In a container the path may be the host's, and the group then is what is mounted at the root.
        for folder in {root, *((root / own.lstrip("/")), *(root / own.lstrip("/")).parents)}:
            limit, used = (_file_text(folder / name).strip() for name in names)
            if folder.is_relative_to(root) and limit.isdigit() and used.isdigit():
                yield float(limit), float(used) - _fields(folder / "memory.stat").get(cache, 0)


def _fields(path: str | Path) -> dict[str, int]:
    """Return the numbers of a file whose lines are a name and a number."""
    words = (line.replace(":", " ").split() for line in _file_text(path).splitlines())
    return {w[0]: int(w[1]) for w in words if len(w) > 1 and w[1].isdigit()}


def _file_text(path: str | Path) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="utf-8", errors="replace")
    return ""
