"""Compare texts that are written with accents or without."""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Letters that Unicode does not take for others with an accent, as they are written without."""


def unaccented(text: str) -> str:
    """Return a text in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return without_marks(letters).translate(_PLAIN)


def without_marks(text: str) -> str:
    """Return a text without the characters that are marks of letters."""
    return "".join(c for c in text if not unicodedata.category(c).startswith("M"))
