"""Who handed in what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Submission:
    """One file that a student handed in.

    ``id`` is unique in its batch and safe as a file name, ``student`` is whoever the file's name says handed it in,
    ``path`` is the file on disk, ``label`` the path as it should be shown (relative to what was given on the command
    line), ``sha256`` the digest of its bytes, ``late`` whether the platform marked it late.
    """

    id: str
    student: str
    path: Path
    label: str
    sha256: str
    late: bool = False


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes as lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
