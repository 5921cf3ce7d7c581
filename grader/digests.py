"""SHA-256 digests: of bytes, of several texts, of files by their paths, of what is copied."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes as lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of_texts(texts: Iterable[str]) -> str:
    """Return one digest of several texts, none of which holds a NUL."""
    return digest("\0".join(texts).encode("utf-8", "surrogateescape"))


def digest_of_files(files: Iterable[tuple[Path, Path]]) -> str:
    """Return one digest of files, each given by its path in the digest and where it lies.

    Names and contents decide it, and the order in which the files come. Raises OSError.
    """
    total = hashlib.sha256()
    for name, file in files:
        total.update(os.fsencode(name) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def digest_of_chunks(chunks: Iterable[bytes], copy_to: IO[bytes] | None = None) -> tuple[str, int]:
    """Return digest and number of bytes that come in chunks; a file, if given, gets them."""
    total, size = hashlib.sha256(), 0
    for chunk in chunks:
        total.update(chunk)
        size += len(chunk)
        if copy_to is not None:
            copy_to.write(chunk)
    return total.hexdigest(), size
