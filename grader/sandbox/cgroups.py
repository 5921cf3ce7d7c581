"""Bound a kernel's memory and processes by control groups (version 2), where delegated.

The group that this process runs in must have been delegated to its user, as ``systemd-run --user --scope -p
Delegate=yes`` does. A group that hands limits down may hold no process itself, so all of its processes move into one
below it first.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import messages

_CONTROLLERS = frozenset({"memory", "pids"})
_GROUP = "grader"  # the group for everything that is not a kernel
_TRIES = 5
_MB = 1 << 20


def missing() -> str:
    """Return why no limits can be set by control groups here, or nothing when they can."""
    try:
        return _missing_in(home())
    except OSError as error:
        return error.strerror or str(error)


@dataclass(frozen=True, slots=True)
class Group:
    """A group for one process, with what it may use beside what it shares."""

    folder: Path

    def add(self, pid: int) -> None:
        """Put a process into the group; raises OSError."""
        (self.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def ran_out_of_memory(self) -> bool:
        """Return whether the system ended the process because it wanted more than it may have."""
        with contextlib.suppress(OSError, ValueError):
            events = dict(line.split() for line in _read_lines(self.folder / "memory.events"))
            return int(events.get("oom_kill", "0")) > 0
        return False

    def remove(self) -> None:
        """Remove the group, once its process has ended; what is not removed holds nothing."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def claim(parent: Path | None = None) -> Path | None:
    """Have a group, ``parent`` or this process's own, hand limits down; None when it cannot.

    To be called outside of namespaces, where every process of the group can be seen. Raises OSError when refused.
    """
    if parent is None:
        if missing():
            return None
        parent = home()
    if not set(_read_words(parent / "cgroup.subtree_control")) >= _CONTROLLERS:
        _hand_down(parent)
    return parent


def make(parent: Path, owner: str, memory_mb: int, threads: int) -> Group:
    """Make a group with limits in one that was claimed, in the name of its owner.

    Raises OSError.
    """
    folder = parent / f"{_prefix(owner)}{secrets.token_hex(8)}"
    folder.mkdir()
    for name, value in {"memory.max": memory_mb * _MB, "pids.max": threads}.items():
        (folder / name).write_text(str(value), encoding="ascii")
    with contextlib.suppress(OSError):  # a system that does not swap has nothing to bound
        (folder / "memory.swap.max").write_text("0", encoding="ascii")
    return Group(folder)


def remove_all(parent: Path, owner: str) -> None:
    """Remove all groups in the name of an owner, once their processes have ended."""
    for folder in parent.glob(f"{_prefix(owner)}*"):
        Group(folder).remove()


def home() -> Path:
    """Return the delegated group of this process, or the one that it was moved down from.

    Raises OSError where there are none.
    """
    own = next((line[3:] for line in _read_lines(Path("/proc/self/cgroup")) if line.startswith("0::")), None)
    mounted = (line.split() for line in _read_lines(Path("/proc/self/mounts")))
    root = next((fields[1] for fields in mounted if fields[2] == "cgroup2"), None)
    if own is None or root is None:
        raise OSError(messages.NO_CGROUPS)
    folder = Path(root + own)
    return folder.parent if folder.name == _GROUP else folder


def _prefix(owner: str) -> str:
    return f"kernel-{owner}-"


def _missing_in(group: Path) -> str:
    lacking = _CONTROLLERS - set(_read_words(group / "cgroup.controllers"))
    if lacking:
        return messages.not_controlled(lacking)
    if not all(os.access(group / name, os.W_OK) for name in ("", "cgroup.procs", "cgroup.subtree_control")):
        return messages.NOT_DELEGATED
    return ""


def _hand_down(group: Path) -> None:
    limits = " ".join(f"+{name}" for name in sorted(_CONTROLLERS))
    for left in reversed(range(_TRIES)):
        _move_down(group)
        try:
            (group / "cgroup.subtree_control").write_text(limits, encoding="ascii")
        except OSError:  # a process of the group was just forking
            if not left:
                raise
        else:
            return


def _move_down(group: Path) -> None:
    below = group / _GROUP
    below.mkdir(exist_ok=True)
    for pid in _read_words(group / "cgroup.procs"):
        with contextlib.suppress(ProcessLookupError):
            (below / "cgroup.procs").write_text(pid, encoding="ascii")


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _read_words(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").split()
