"""Measure how much of the disk a kernel holds, deleted files that it keeps open included."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

_STATUS_BLOCK = 512
_PAGE = 4096
_EVERY = 20  # looks at the folder for one at the process
_TRIES = 5
_GONE = (FileNotFoundError, NotADirectoryError)  # a file may stand by now where a folder was
_K = TypeVar("_K")


class Disk:
    """Watches what one process holds below ``folder``.

    No file there is larger than ``largest`` bytes.
    """

    def __init__(self, pid: int, folder: Path, largest: int) -> None:
        self._process = f"/proc/{pid}"
        self._folder = str(folder)
        self._largest = largest
        self._looks = 0
        self._deleted: dict[int, int] = {}
        self._mark = self._written_bytes()

    def held(self, bound: int) -> tuple[int, int]:
        """Return how many bytes are held and in how many files.

        It is exact only when they may be more than ``bound``. Raises OSError for a folder that cannot be listed,
        because it is closed or its path too long.
        """
        lengths = self._surely(lambda: dict(_lengths(self._folder)))
        size = sum(lengths.values())
        self._looks += 1
        # Deleted files are searched for only after enough was written that they could matter: it takes milliseconds.
        written = self._written_bytes()
        if written - self._mark + size > bound or self._looks % _EVERY == 0:
            self._deleted = self._surely(self._find_deleted)
            self._mark = written - sum(self._deleted.values())
        return size + sum(self._deleted.values()), len(lengths) + len(self._deleted)

    def _surely(self, look: Callable[[], Mapping[_K, int | None]]) -> dict[_K, int]:
        """Return what a look finds, looking again for what went before its size was asked.

        What vanishes each time, as by being renamed all the time, counts as the most that it can be.
        """
        found = look()
        for _ in range(_TRIES):
            if None not in found.values():
                break
            found = look()
        return {name: self._largest if size is None else size for name, size in found.items()}

    def _written_bytes(self) -> int:
        """Return how many bytes at most the process can have put into files.

        Files grow by writing alone (shared mappings and fallocate are refused to a locked kernel), and what one call
        writes touches two pages more than it fills.
        """
        try:
            with open(f"{self._process}/io", encoding="ascii") as file:
                counts = {key: int(value) for key, value in (line.split(":") for line in file)}
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return counts["wchar"] + 2 * _PAGE * counts["syscw"]

    def _find_deleted(self) -> dict[int, int | None]:
        """Return the inodes that the process holds without a name, and their bytes.

        Bytes are None where the file is gone again.
        """
        found: dict[int, int | None] = {}
        try:
            for fd in os.listdir(f"{self._process}/fd"):
                status = _stat_or_none(f"{self._process}/fd/{fd}")
                if status is None:
                    found[-int(fd) - 1] = None
                elif status.st_nlink == 0 and stat.S_IFMT(status.st_mode) in (stat.S_IFREG, stat.S_IFDIR):
                    found[status.st_ino] = _length(status)
            with open(f"{self._process}/maps", "rb") as file:
                for line in file:
                    if line.endswith(b" (deleted)\n") and self._folder.encode() in line:
                        # Nobody without privileges can ask how large it is.
                        found.setdefault(int(line.split(None, 5)[4]), self._largest)
        except (FileNotFoundError, ProcessLookupError):  # the process has ended, and holds nothing
            return {}
        return found


def _lengths(folder: str) -> Iterator[tuple[str, int | None]]:
    """Yield each entry below a folder and its bytes on disk, without following links.

    Bytes are None where the entry is gone again.
    """
    folders = [folder]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except _GONE:
            continue
        for entry in entries:
            status = _stat_or_none(entry.path, follow=False)
            yield entry.path, None if status is None else _length(status)
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)


def _stat_or_none(path: str, *, follow: bool = True) -> os.stat_result | None:
    try:
        return os.stat(path, follow_symlinks=follow)
    except _GONE:
        return None


def _length(status: os.stat_result) -> int:
    # Some file systems set blocks aside for a file that grows.
    return min(status.st_blocks * _STATUS_BLOCK, status.st_size + _PAGE)
