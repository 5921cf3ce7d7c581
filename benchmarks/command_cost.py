"""What a command costs with everything that it starts, daemons included."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class CommandCost:
    """Wall seconds, and CPU seconds of the command and all its descendants."""

    wall: float
    cpu: float


def adopt_orphans() -> None:
    """Make this process the parent of whatever its descendants leave behind.

    So their CPU time is counted.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command: Sequence[object], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> CommandCost:
    """Run a command to its end, its orphans included; raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own commands
        [str(c) for c in command],
        check=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - start
    _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return CommandCost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _wait_for_orphans() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def pss_mb(pid: int) -> float:
    """Return a process's proportional share of memory in MB.

    Shared pages are split among those who share them.
    """
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no Pss for process {pid}")


def peak_mb() -> float:
    """Return the most memory in MB that this program has had.

    Getrusage would also count what started it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError("no VmHWM in /proc/self/status")


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and not yet reaped."""
    return [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
