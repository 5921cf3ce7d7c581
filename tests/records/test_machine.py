"""What this machine has to give, as the system's files say."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from grader import machine
from grader.capacity import default_jobs
from grader.kernel_config import Limits

MB = 1 << 20
PLAIN = {"/proc/meminfo": "MemTotal: 9000000 kB\nMemAvailable: 8388608 kB\n"}
VERSION_2 = PLAIN | {
    "/proc/self/cgroup": "0::/user.slice/job\n",
    "/sys/fs/cgroup/user.slice/memory.max": f"{2048 * MB}\n",
    "/sys/fs/cgroup/user.slice/memory.current": f"{1024 * MB}\n",
    "/sys/fs/cgroup/user.slice/memory.stat": f"anon 7\ninactive_file {512 * MB}\n",
    "/sys/fs/cgroup/user.slice/job/memory.max": "max\n",
    "/sys/fs/cgroup/user.slice/job/memory.current": "0\n",
}
VERSION_1 = PLAIN | {
    "/proc/self/cgroup": "3:cpu:/docker/1\n2:memory:/docker/1\n0::/docker/1\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": f"{3000 * MB}\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": f"{500 * MB}\n",
}

Files = Callable[[dict[str, str]], None]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Have the system's files say something, where the others are missing."""
    return lambda texts: monkeypatch.setattr(machine, "_file_text", lambda path: texts.get(str(path), ""))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(PLAIN, 8192), (VERSION_2, 1536), (VERSION_1, 2500), ({}, math.inf)],
    ids=["machine", "group above", "container", "says nothing"],
)
def test_free_memory_is_the_least_that_anybody_leaves(files: Files, texts: dict[str, str], expected: float) -> None:
    """Free memory is the least of the machine's and any control group's, caches aside."""
    files(texts)

    assert machine.free_memory_mb() == expected


@pytest.mark.parametrize(("cores", "expected"), [(2, 2), (64, 6)])
def test_as_many_submissions_as_there_is_memory_for(
    files: Files, monkeypatch: pytest.MonkeyPatch, cores: int, expected: int
) -> None:
    """Each may need its kernel's limit and a little more; cores bound it too."""
    files(PLAIN)
    monkeypatch.setattr(machine, "processors", lambda: cores)

    assert default_jobs(Limits(memory_mb=800)) == expected


def test_one_submission_is_always_graded(files: Files) -> None:
    """A machine with less memory than one may need tries all the same."""
    files(VERSION_2)

    assert default_jobs(Limits(memory_mb=4096)) == 1


@pytest.mark.parametrize(("mode", "committed", "expected"), [("2", 9000, True), ("2", 1000, False), ("0", 9000, False)])
def test_only_a_machine_that_promises_no_more_than_it_has_withholds_memory(
    files: Files, mode: str, committed: int, expected: bool
) -> None:
    """Elsewhere an allocation within the limit succeeds, and the system ends processes later."""
    memory = f"CommitLimit: {10000 * 1024} kB\nCommitted_AS: {committed * 1024} kB\n"
    files({"/proc/sys/vm/overcommit_memory": f"{mode}\n", "/proc/meminfo": memory})

    assert machine.withholds_memory(2048) is expected


def test_a_machine_has_one_name() -> None:
    """The same each time, and something that can stand in a file."""
    assert machine.identity() == machine.identity()
    assert machine.identity().isalnum()
