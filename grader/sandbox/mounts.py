"""Build a file system that holds only the libraries (to read) and one own folder.

Needs a mount namespace of one's own (see :mod:`grader.sandbox.namespaces`). Landlock closes what it is not told of, but
tells whether a path exists; here the path is not there.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox.libc import machine, mount, syscall, unmount_lazily, unshare

_NEW_MOUNTS = 0x00020000
_NOSUID, _NODEV, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 0x1000, 0x4000, 0x40000
_MOUNT_SETATTR = 442  # the same number on every machine
_ATTRIBUTES_READ_ONLY, _AT_RECURSIVE = 1, 0x8000


def keep_apart() -> None:
    """Let nothing that is mounted from now on reach the rest of the system."""
    mount("none", "/", "", _RECURSIVE | _PRIVATE)


def build(root: str, readable: Iterable[str], holder: str) -> None:
    """Make the folder ``root`` a tree of what is ``readable``, at the same paths.

    What does not exist is passed over. ``holder`` is the folder in which the folders of single processes will lie.
    Raises OSError when the system refuses.
    """
    mount("none", root, "tmpfs", _NOSUID | _NODEV, "size=4m,mode=755")
    bound: list[Path] = []
    for path in sorted({Path(p) for r in readable for p in (r, os.path.realpath(r)) if os.path.exists(r)}):
        if not any(path.is_relative_to(b) for b in bound):
            bound.append(path)
            _bind(os.path.realpath(path), root + str(path), read_only=True)
    os.makedirs(root + holder, exist_ok=True)


def enter(root: str, folder: str) -> None:
    """Make ``root``, as built, the file system of the calling process.

    Only ``folder``, which lies in the holder, can be written. Raises OSError when the system refuses.
    """
    unshare(_NEW_MOUNTS)
    # A file system of its own, or the names of all processes' folders would gather in the common one.
    mount("none", root + str(Path(folder).parent), "tmpfs", _NOSUID | _NODEV, "size=64k,mode=755")
    _bind(folder, root + folder, read_only=False)
    os.chdir(root)
    # The old root comes to lie on the new one, and is taken off.
    syscall(machine().pivot_root, ctypes.c_char_p(b"."), ctypes.c_char_p(b"."), what="pivot_root")
    unmount_lazily(".")
    os.chdir("/")
    _restrict("/", _ATTRIBUTES_READ_ONLY, recursive=False)


def _bind(source: str, target: str, *, read_only: bool) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600))
    mount(source, target, "", _BIND | _RECURSIVE)
    _restrict(target, read_only * _ATTRIBUTES_READ_ONLY | _NOSUID | (0 if source.startswith("/dev/") else _NODEV))


def _restrict(path: str, attributes: int, *, recursive: bool = True) -> None:
    # MOUNT_ATTR_NOSUID and _NODEV have the values of MS_NOSUID and MS_NODEV.
    record = struct.pack("=QQQQ", attributes, 0, 0, 0)
    syscall(
        _MOUNT_SETATTR,
        ctypes.c_int(-100),  # paths are relative to the working folder
        ctypes.c_char_p(os.fsencode(path)),
        ctypes.c_uint(recursive * _AT_RECURSIVE),
        ctypes.c_char_p(record),
        ctypes.c_size_t(len(record)),
        what=f"mount_setattr({path})",
    )
