"""System calls that the standard library does not offer, through ctypes.

Numbers are per machine type; only 64-bit x86 and ARM are known, and any other is refused rather than guessed.
"""

from __future__ import annotations

import ctypes
import os
import platform
from dataclasses import dataclass

from grader.errors import SandboxUnavailableError

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long


@dataclass(frozen=True, slots=True)
class Machine:
    """Numbers that differ between machine types; ``audit`` is the AUDIT_ARCH value that a filter sees."""

    audit: int
    capset: int
    seccomp: int


_MACHINES = {
    "x86_64": Machine(audit=0xC000003E, capset=126, seccomp=317),
    "aarch64": Machine(audit=0xC00000B7, capset=91, seccomp=277),
}


def machine() -> Machine:
    """Return this machine's numbers; raises SandboxUnavailableError for a type that is not known."""
    name = platform.machine()
    if name not in _MACHINES:
        raise SandboxUnavailableError(
            f"Student code cannot be locked down on a {name or 'nameless'} machine: x86_64 and aarch64 are known."
        )
    return _MACHINES[name]


def syscall(number: int, *args: object, what: str) -> int:
    """Make a system call and return its result; raises OSError that says ``what`` failed."""
    return _checked(_LIBC.syscall(ctypes.c_long(number), *args), what)


def prctl(option: int, value: int = 0) -> int:
    """Call prctl(2) with one argument; raises OSError when it is refused."""
    zero = ctypes.c_ulong(0)
    return _checked(_LIBC.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero), f"prctl({option})")


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
