"""Remove a folder that students' code filled, whatever shape it has."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
from pathlib import Path

if sys.platform != "win32":
    _FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def remove(folder: Path) -> None:
    """Remove a folder with everything below it as far as the system lets us.

    Never raises, follows no links. shutil.rmtree calls itself once a level and so fails on a thousand nested folders.
    Here nested folders are moved up into the first one: neither the depth nor the length of a path ever grows.
    """
    with contextlib.suppress(OSError):
        top = os.open(folder, _FOLDER)
        try:
            while sum(_remove(name, top) for name in os.listdir(top)):
                pass
        finally:
            os.close(top)
        os.rmdir(folder)


def _remove(name: str, top: int) -> bool:
    """Remove an entry of ``top``, or move folders up into it; return if it made progress."""
    try:
        if not _is_folder(name, top):
            os.unlink(name, dir_fd=top)
            return True
        inner = os.open(name, _FOLDER, dir_fd=top)
        try:
            for entry in os.listdir(inner):
                if _is_folder(entry, inner):
                    os.rename(entry, secrets.token_hex(16), src_dir_fd=inner, dst_dir_fd=top)
                else:
                    os.unlink(entry, dir_fd=inner)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=top)
    except OSError:
        return False
    return True


def _is_folder(name: str, parent: int) -> bool:
    """Return whether an entry is a folder, opened up to us if it is."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        return False
    os.chmod(name, 0o700, dir_fd=parent)
    return True
