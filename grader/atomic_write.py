"""Write files so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, Any


def write_atomically(path: Path, data: bytes, *, private: bool = False, durable: bool = True) -> None:
    """Put ``data`` into ``path`` in one step, making its folder when there is none.

    A ``private`` file can be read by its owner alone; one that is not ``durable`` may be lost when the machine stops.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            if sys.platform != "win32" and not private:
                os.fchmod(handle, 0o644)  # mkstemp's 0600 would lock colleagues out of a shared folder
            if durable:
                os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    if durable:
        sync_folder(path.parent)


def open_own(path: Path, mode: str, *, buffering: int = -1) -> IO[Any]:
    """Open a file of ours for writing; raises OSError for a link, which may lead elsewhere."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)

    return open(path, mode, buffering, opener=opener)


def write_page(path: Path, text: str) -> None:
    """Write a page of text as UTF-8 in one step, making its folder when there is none."""
    write_atomically(path, text.encode("utf-8", "backslashreplace"))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a file's own fsync does not cover its name."""
    if sys.platform == "win32":  # which opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
