"""Ids that can be file names."""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterable

_LONGEST_ID = 120


def encodable(name: str) -> str:
    """Return a name that this system can give a file, with numbers for unknown letters."""
    encoding = sys.getfilesystemencoding()
    return name.encode(encoding, "backslashreplace").decode(encoding).replace("\\", "_")


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Make names safe as file names, and unique even where a file system ignores case.

    None of them is in ``taken``.
    """
    used = {name.casefold() for name in taken}
    ids: list[str] = []
    for name in names:
        safe = re.sub(r"[^\w.+-]+", "_", encodable(unicodedata.normalize("NFC", name))).strip("._-") or "submission"
        if len(safe.encode()) > _LONGEST_ID:
            safe = f"{safe[: _LONGEST_ID // 4]}_{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:12]}"
        candidate, number = safe, 1
        while candidate.casefold() in used:
            number += 1
            candidate = f"{safe}-{number}"
        used.add(candidate.casefold())
        ids.append(candidate)
    return ids
