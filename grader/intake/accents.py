"""Compare texts that are written with accents or without."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Return a text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
