"""Drop all capabilities and block every way to gain any."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import struct
from collections.abc import Iterable

from grader.sandbox.libc import machine, prctl, syscall

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 1, 24, 36, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent() -> None:
    """Have the kernel kill this process as soon as the process that forked it ends."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def become(user: int, own: Iterable[str]) -> None:
    """Turn from root into a user and their group, who owns ``own``; raises OSError if refused."""
    for path in own:
        os.chown(path, user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    die_with_parent()  # a change of user makes the system forget it


def drop_capabilities() -> None:
    """Empty the bounding, ambient, permitted, effective and inheritable sets."""
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError as error:
            # EINVAL: past the last one. EPERM: no right to drop, so none is held either, and no_new_privs keeps it so.
            if error.errno not in (errno.EINVAL, errno.EPERM):
                raise
            break
    with contextlib.suppress(OSError):  # kernels without ambient capabilities have none to clear
        prctl(_PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.c_char_p(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    syscall(machine().capset, header, ctypes.c_char_p(bytes(24)), what="capset")


def no_new_privileges() -> None:
    """Make setuid programs and file capabilities powerless from now on.

    Landlock and seccomp demand it.
    """
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def new_session() -> None:
    """Leave the terminal and the process group of whoever started this process, as nice as it.

    Where the system shares processors out among sessions, a new one would begin without any (sched(7)).
    """
    os.setsid()
    if niceness := max(0, os.nice(0)):
        with contextlib.suppress(OSError), open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(str(niceness))
