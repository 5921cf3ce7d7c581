"""Check a kernel's memory, threads and files every 50 ms."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import math
import mmap
from pathlib import Path

from grader.errors import BadAnswer, CallOutOfMemory, KernelDied, StudentFault
from grader.kernel import messages
from grader.kernel.disk_usage import Disk
from grader.kernel_config import Limits

_INTERVAL_S = 0.05
_MB = 1 << 20
_PAGE = mmap.PAGESIZE
_SLACK_MB = 256
_FLAGS, _PENDING = 6, 28  # of /proc/PID/stat's fields, after the name
_EXITING, _KILLED = 1 << 2, 1 << 9 - 1  # SIGKILL's bit
_NEARLY = 8 << 20  # small objects get their memory by the megabyte


class Watchdog:
    """Watches one process, its scratch folder and its messages.

    What counts of messages is by how much they make the examiner's process grow.
    """

    def __init__(self, pid: int, scratch: Path, limits: Limits) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._disk = Disk(pid, scratch, limits.file_mb * _MB)
        self._given = self._disk.held(0)  # the files that it is started with
        self._limits = limits
        # By how much the kernel may make the examiner grow beside the answers that it gives.
        self._own_mb = 3 * limits.result_mb + _SLACK_MB
        self._full = False
        self._data_limit = _data_limit(pid)
        self._room = math.inf
        self._peak = 0
        self._memory, self._threads = self._memory_and_threads() or (0, 0)
        self._first_peak = self._peak
        self._grown = 0

    async def watch(self) -> StudentFault:
        """Return what is wrong as soon as a bound is passed.

        Growth carries over from watch to watch.
        """
        before = _own_memory() - self._grown
        try:
            while not (fault := self.check() or self._flood()):
                await asyncio.sleep(_INTERVAL_S)
                self._grown = _own_memory() - before
            return fault
        finally:
            self._grown = max(0, _own_memory() - before)

    def accept(self, size: int) -> None:
        """Take note that ``size`` bytes were an answer, which may stay."""
        self._grown = max(0, self._grown - size)

    def check(self) -> StudentFault | None:
        """Return the bound that the process has passed; None within them, or when it is gone."""
        if (process := self._memory_and_threads()) is None:
            return KernelDied(messages.ENDED_MAIN_THREAD) if self._headless() else None
        memory, threads = process
        if memory - self._memory > (self._limits.memory_mb + _SLACK_MB) * _MB:
            return CallOutOfMemory(messages.too_much_memory(self._limits.memory_mb))
        if threads - self._threads > self._limits.threads:
            return KernelDied(messages.too_many_threads(self._limits.threads))
        return self._check_scratch()

    def full(self) -> bool:
        """Return whether the process has, or last had, all the memory that its limit allows."""
        self._memory_and_threads()
        return self._full

    def room_mb(self) -> float:
        """Return how much more memory its limit lets the process have; or let it, when last seen."""
        self._memory_and_threads()
        return self._room / _MB

    def peak_mb(self) -> float:
        """Return by how much the process's addresses have grown at most since it was first seen."""
        self._memory_and_threads()
        return (self._peak - self._first_peak) / _MB

    def _check_scratch(self) -> StudentFault | None:
        limits = self._limits
        try:
            bound = self._given[0] + limits.scratch_mb * _MB
            size, files = self._disk.held(bound)
        except OSError as error:
            if error.errno not in (errno.ENAMETOOLONG, errno.EACCES):
                raise
            if self._memory_and_threads() is None:  # of a process that has ended, what it held is closed to us too
                return None
            return KernelDied(messages.CLOSED_FOLDERS)
        if files - self._given[1] > limits.scratch_files:
            return KernelDied(messages.too_many_files(limits.scratch_files))
        if size > bound:
            return KernelDied(messages.too_much_written(limits.scratch_mb))
        return None

    def _flood(self) -> StudentFault | None:
        if self._grown > self._own_mb * _MB:
            return BadAnswer(messages.SENT_TOO_MUCH)
        return None

    def _memory_and_threads(self) -> tuple[int, int] | None:
        """Return the process's own memory in bytes and its threads, None once it has ended.

        It ends with its first thread.
        """
        try:
            text = self._status.read_text(encoding="ascii", errors="replace")
        except OSError:
            return None
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if "RssAnon" not in fields:
            return None
        self._room = self._data_limit - int(fields["VmData"].split()[0]) * 1024
        self._full = self._room < _NEARLY
        self._peak = int(fields["VmPeak"].split()[0]) * 1024
        memory = sum(int(fields.get(k, "0").split()[0]) for k in ("RssAnon", "RssShmem"))
        return memory * 1024, int(fields["Threads"])

    def _headless(self) -> bool:
        """Return whether threads go on without the first, by whose number the process is known.

        They would not be seen. A process that ends looks the same for a moment, but its threads are ending or about to
        be killed.
        """
        try:
            threads = list((self._status.parent / "task").iterdir())
        except OSError:  # the last of them has ended
            return False
        for thread in threads:
            with contextlib.suppress(OSError):  # that one has ended
                fields = (thread / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if not int(fields[_FLAGS]) & _EXITING and not int(fields[_PENDING]) & _KILLED:
                    return True
        return False


def _data_limit(pid: int) -> float:
    """Return how many bytes of data a process may have."""
    for line in Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines():
        if line.startswith("Max data size") and (value := line.split()[3]).isdigit():
            return int(value)
    return math.inf


def _own_memory() -> int:
    resident, shared = Path("/proc/self/statm").read_text(encoding="ascii").split()[1:3]
    return (int(resident) - int(shared)) * _PAGE
