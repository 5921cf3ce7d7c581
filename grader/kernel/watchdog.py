"""A look at the kernel's process every 50 ms, for what no resource limit bounds."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import BadAnswer, CallOutOfMemory, KernelDied, StudentFault

_INTERVAL_S = 0.05
_MB = 1 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SLACK_MB = 256


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a kernel may use beyond what it started with.

    ``own_mb`` is by how much its answers may make the examiner's own process grow.
    """

    memory_mb: int
    threads: int
    scratch_mb: int
    scratch_files: int
    own_mb: int


class Watchdog:
    """Watches one process and its scratch folder."""

    def __init__(self, pid: int, scratch: Path, bounds: Bounds) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._scratch = scratch
        self._bounds = bounds
        self._memory, self._threads = self._process() or (0, 0)

    async def watch(self) -> StudentFault:
        """Return what is wrong as soon as a bound is passed."""
        own = _own_memory()
        while True:
            await asyncio.sleep(_INTERVAL_S)
            if fault := self.check() or self._flood(own):
                return fault

    def check(self) -> StudentFault | None:
        """Return the bound that the process has passed, None while it keeps within them or is gone."""
        if (process := self._process()) is None:
            return None
        memory, threads = process
        if memory - self._memory > (self._bounds.memory_mb + _SLACK_MB) * _MB:
            return CallOutOfMemory(
                f"Your code wanted more than the {self._bounds.memory_mb} MB of memory that it may use."
            )
        if threads - self._threads > self._bounds.threads:
            return KernelDied(f"Your code started more than the {self._bounds.threads} threads that it may have.")
        return self._check_scratch()

    def _check_scratch(self) -> StudentFault | None:
        size = 0
        for count, length in enumerate(_lengths(self._scratch), start=1):
            size += length
            if count > self._bounds.scratch_files:
                return KernelDied(f"Your code made more than the {self._bounds.scratch_files} files that it may have.")
        if size > self._bounds.scratch_mb * _MB:
            return KernelDied(f"Your code wrote more than the {self._bounds.scratch_mb} MB of files that it may have.")
        return None

    def _flood(self, before: int) -> StudentFault | None:
        if _own_memory() - before > self._bounds.own_mb * _MB:
            return BadAnswer("Your code sent back more than can be read.")
        return None

    def _process(self) -> tuple[int, int] | None:
        """Return the bytes of memory that are the process's own, and its threads."""
        try:
            text = self._status.read_text(encoding="ascii", errors="replace")
        except OSError:
            return None
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if "RssAnon" not in fields:  # it has ended
            return None
        memory = sum(int(fields.get(k, "0").split()[0]) for k in ("RssAnon", "RssShmem"))
        return memory * 1024, int(fields["Threads"])


def _own_memory() -> int:
    resident, shared = Path("/proc/self/statm").read_text(encoding="ascii").split()[1:3]
    return (int(resident) - int(shared)) * _PAGE


def _lengths(folder: Path) -> Iterator[int]:
    """Yield the bytes that each entry below a folder takes up, without following links."""
    folders = [str(folder)]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:
            continue
        for entry in entries:
            with contextlib.suppress(OSError):  # deleted in between
                yield entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
