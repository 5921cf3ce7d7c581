"""Files that are either wholly old or wholly new, whatever moment the machine stops at."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import IO, Any


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path`` in one step and durably; a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            if sys.platform != "win32":
                os.fchmod(handle, 0o644)  # mkstemp's 0600 would lock colleagues out of a shared folder
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    sync_folder(path.parent)


def open_own(path: Path, mode: str, *, buffering: int = -1) -> IO[Any]:
    """Open a file of ours for writing; raises OSError for a link, which could lead to a file of somebody else's."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)

    return open(path, mode, buffering, opener=opener)


def write_page(path: Path, text: str) -> None:
    """Write a page of text as UTF-8 in one step, making its folder when there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, text.encode("utf-8", "backslashreplace"))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a file's own fsync does not cover its name."""
    if sys.platform == "win32":  # which opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
