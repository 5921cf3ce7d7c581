"""Call what the standard library does not offer of the C library, through ctypes.

Numbers are per machine type; only 64-bit x86 and ARM are known, and any other is refused rather than guessed.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from dataclasses import dataclass

from grader.errors import SandboxUnavailableError
from grader.sandbox import messages

if sys.platform == "linux":
    _LIBC = ctypes.CDLL(None, use_errno=True)
    _LIBC.syscall.restype = ctypes.c_long


@dataclass(frozen=True, slots=True)
class Machine:
    """Numbers that differ between machine types.

    ``audit`` is the AUDIT_ARCH value that a filter sees.
    """

    audit: int
    capset: int
    seccomp: int
    pivot_root: int


_ARCHITECTURES = {
    "x86_64": Machine(audit=0xC000003E, capset=126, seccomp=317, pivot_root=155),
    "aarch64": Machine(audit=0xC00000B7, capset=91, seccomp=277, pivot_root=41),
}


def machine() -> Machine:
    """Return this machine's numbers.

    Raises SandboxUnavailableError for a type that is not known.
    """
    name = platform.machine()
    if name not in _ARCHITECTURES:
        raise SandboxUnavailableError(messages.unknown_machine(name))
    return _ARCHITECTURES[name]


def syscall(number: int, *args: object, what: str) -> int:
    """Make a system call and return its result; raises OSError that says ``what`` failed."""
    return _checked(_LIBC.syscall(ctypes.c_long(number), *args), what)


def prctl(option: int, value: int = 0) -> int:
    """Call prctl(2) with one argument; raises OSError when it is refused."""
    zero = ctypes.c_ulong(0)
    return _checked(_LIBC.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero), f"prctl({option})")


def unshare(kinds: int) -> None:
    """Give the calling process namespaces of its own; raises OSError when the system refuses."""
    _checked(_LIBC.unshare(ctypes.c_int(kinds)), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Join the namespace that ``descriptor`` stands for.

    Raises OSError when the system refuses.
    """
    _checked(_LIBC.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """Call mount(2); raises OSError that names the target."""
    words = (ctypes.c_char_p(w.encode()) for w in (source, target, kind))
    _checked(_LIBC.mount(*words, ctypes.c_ulong(flags), ctypes.c_char_p(options.encode())), f"mount({target})")


def unmount_lazily(target: str) -> None:
    """Take a file system away, at once for new accesses; raises OSError."""
    _checked(_LIBC.umount2(ctypes.c_char_p(target.encode()), ctypes.c_int(2)), f"umount2({target})")


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
