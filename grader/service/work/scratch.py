"""The folder in which a worker unpacks and grades, on the disk of the uploads."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

_ROOM = 8 << 20  # bytes without which no grading is begun
_workers: list[str] = []


def begin_scratch(worker: str) -> None:
    """Empty a worker's own folder and have this process work there."""
    _workers[:] = [worker]
    shutil.rmtree(scratch_folder())


def scratch_folder() -> Path:
    """Return the folder in which work has folders of its own."""
    folder: Path = settings.DATA.joinpath("grading", *_workers)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def has_room() -> bool:
    """Return whether the disk has room for a grading."""
    folders = scratch_folder(), Path(tempfile.gettempdir())  # kernels have theirs in the second
    return all(shutil.disk_usage(folder).free >= _ROOM for folder in folders)
