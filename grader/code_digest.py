"""Digest of the grader's own code, which decides grades as an assignment's does."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

_PACKAGE = Path(__file__).parent


@functools.cache
def code_digest() -> str:
    """Return a SHA-256 over the package's Python files, read once a process."""
    total = hashlib.sha256()
    for file in sorted(_PACKAGE.rglob("*.py")):
        total.update(os.fsencode(file.relative_to(_PACKAGE)) + b"\0" + file.read_bytes())
    return total.hexdigest()
