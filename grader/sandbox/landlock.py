"""Landlock: only listed files can be opened; no TCP and no signals to others.

Landlock can only add permissions below a folder, never take some away again, so :func:`allow` expands a folder that
holds something hidden into its other entries. See landlock(7).
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path

from grader.errors import SandboxUnavailableError
from grader.sandbox import messages
from grader.sandbox.libc import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every machine
_PATH_BENEATH = 1


class Access(IntFlag):
    """Rights of landlock(7); the first thirteen are known to every kernel that has Landlock."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


# EXECUTE is granted nowhere: mapping a shared library does not need it, starting a program does.
READ = Access.READ_FILE | Access.READ_DIR
LIST = Access.READ_DIR
WRITE_DEVICE = Access.READ_FILE | Access.WRITE_FILE
# No symbolic links, sockets, pipes or devices: nothing that could trip whoever looks into the folder afterwards.
SCRATCH = (
    READ
    | Access.WRITE_FILE
    | Access.TRUNCATE
    | Access.MAKE_REG
    | Access.MAKE_DIR
    | Access.REMOVE_FILE
    | Access.REMOVE_DIR
)
SOCKETS = READ | Access.MAKE_SOCK | Access.REMOVE_FILE
_FILE_RIGHTS = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV


@dataclass(frozen=True, slots=True)
class PathRule:
    """What is allowed on a file, or on everything below a folder.

    A path that does not exist is passed over.
    """

    path: str
    access: Access


def abi() -> int:
    """Return the version of Landlock that the running kernel offers, 0 for none."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1), what="landlock_create_ruleset")
    except OSError:
        return 0


def required_abi() -> int:
    """Return the version of Landlock; raises SandboxUnavailableError where there is none."""
    if (version := abi()) < 1:
        raise SandboxUnavailableError(messages.NO_LANDLOCK)
    return version


def restrict(rules: Iterable[PathRule], *, version: int | None = None) -> int:
    """Allow the calling thread and its descendants ``rules`` and nothing else.

    Return how many rules were set. ``version`` pretends that the kernel offers an older Landlock (for tests). Must be
    called while the process has one thread: others would stay free. Raises SandboxUnavailableError when there is no
    Landlock, OSError when the kernel refuses.
    """
    version = version or required_abi()
    handled = _handled_rights(version)
    ruleset = _create(version, handled)
    try:
        count = sum(_add_rule(ruleset, rule, handled) for rule in rules)
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0), what="landlock_restrict_self")
    finally:
        os.close(ruleset)
    return count


def allow(roots: Iterable[str | Path], hidden: Iterable[str | Path], access: Access = READ) -> tuple[PathRule, ...]:
    """Return rules that allow ``access`` below the roots, except to what is hidden.

    A folder on the way to something hidden is not allowed itself but through its other entries, as they are now. Paths
    are resolved first.
    """
    concealed = {Path(h).resolve() for h in hidden}
    resolved = {Path(r).resolve() for r in roots}
    return tuple(
        PathRule(str(p), access)
        for root in sorted(resolved)
        if not _below_any(root, concealed)
        for p in _expand(root, concealed)
    )


def _below_any(path: Path, folders: set[Path]) -> bool:
    return any(f == path or f in path.parents for f in folders)


def _expand(path: Path, hidden: set[Path]) -> Iterator[Path]:
    if path in hidden:
        return
    if not any(path in h.parents for h in hidden):
        yield path
        return
    for entry in sorted(path.iterdir()):
        # A link needs no rule: what it leads to has its own, or is none of theirs.
        if not entry.is_symlink():
            yield from _expand(entry, hidden)


def _handled_rights(version: int) -> Access:
    count = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    return Access((1 << count) - 1)


def _create(version: int, handled: Access) -> int:
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", 0b11)  # bind and connect by TCP
    if version >= 6:
        attributes += struct.pack("=Q", 0b11)  # abstract unix sockets and signals of other domains
    return syscall(
        _CREATE_RULESET,
        ctypes.c_char_p(attributes),
        ctypes.c_size_t(len(attributes)),
        ctypes.c_uint(0),
        what="landlock_create_ruleset",
    )


def _add_rule(ruleset: int, rule: PathRule, handled: Access) -> int:
    try:
        target = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        access = rule.access & handled
        if not stat.S_ISDIR(os.fstat(target).st_mode):
            access &= _FILE_RIGHTS
        if not access:
            return 0
        attributes = struct.pack("=Qi", access, target)
        syscall(
            _ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.c_char_p(attributes),
            ctypes.c_uint(0),
            what=f"landlock_add_rule({rule.path})",
        )
    finally:
        os.close(target)
    return 1
