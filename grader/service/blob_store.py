"""Bytes by their SHA-256, durable before anything refers to them."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from grader.atomic_write import sync_folder
from grader.digests import digest_of_chunks

_BEGUN = ".begun-"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that are stored: their SHA-256 and their number."""

    sha256: str
    size: int


def blob_folder() -> Path:
    """Return the folder of all uploads."""
    folder: Path = settings.CONFIG.blobs_path
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def remove_left() -> None:
    """Remove what uploads left that were broken off; nothing may take uploads meanwhile."""
    for left in (*blob_folder().glob(f"{_BEGUN}*"), *settings.FILE_UPLOAD_TEMP_DIR.iterdir()):
        left.unlink(missing_ok=True)


def blob_path(sha256: str) -> Path:
    """Return where bytes of a digest lie."""
    return blob_folder() / sha256


def free_bytes() -> int:
    """Return how much may still be stored, below 0 where less is free than is to stay so."""
    return shutil.disk_usage(settings.CONFIG.data).free - settings.CONFIG.least_free


def require_room(size: int = 0) -> None:
    """Raise OSError, as a full disk does, where there is no room for so many bytes."""
    if free_bytes() < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def store_blob(chunks: Iterable[bytes]) -> Blob:
    """Store bytes; when this returns they are on disk, and so is their name.

    Raises OSError where there is no room for them.
    """
    require_room()
    folder = blob_folder()
    handle, name = tempfile.mkstemp(dir=folder, prefix=_BEGUN)
    try:
        with os.fdopen(handle, "wb") as file:
            sha256, size = digest_of_chunks(chunks, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, folder / sha256)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(folder)
    return Blob(sha256, size)
