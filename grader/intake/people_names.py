"""Compare names of people that different programs wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from grader.intake.accents import unaccented

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_SHORTEST = 3  # letters of a word that two names must share to be of one person


def words_of(name: str) -> list[str]:
    """Return a name's words in small letters, without signs.

    Hyphens and apostrophes join the letters on both sides.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    words = ("".join(c for c in w if not _is_sign(c)) for w in re.split(r"[\s,._]+", text))
    return [w for w in words if w]


def _is_sign(character: str) -> bool:
    """Tell whether a character is punctuation, or a mark of direction that cannot be seen."""
    return unicodedata.category(character) in ("Cf", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps")


def turned(name: str) -> set[str]:
    """Return a name's letters with each of its words in front once, to match other orders.

    "Doe, Jane" and "Jane Doe" share theirs.
    """
    words = words_of(name)
    return {"".join((*words[n:], *words[:n])) for n in range(len(words))}


def without_accents(name: str) -> set[str]:
    """Return a text without accents, in each spelling: for "Jörg", "jorg" and "joerg"."""
    text = unicodedata.normalize("NFC", name).casefold()
    return {unaccented(text), unaccented(text.translate(_SPELLED_OUT))}


def equal_names(one: str, other: str) -> bool:
    """Tell whether two names have the same words in some order, accents apart."""
    return bool(_letters(one) & _letters(other))


def same_name(one: str, other: str) -> bool:
    """Tell whether one name has, in some order and side by side, the words of the other."""
    return not one or not other or any(a in b or b in a for a, b in _pairs(one, other))


def similar_names(one: str, other: str) -> bool:
    """Tell whether two names may be one person's.

    Then they share a word, or letters that are an initial and a name.
    """
    return same_name(one, other) or any(
        len(word) >= _SHORTEST and word in letters
        for name, against in ((one, other), (other, one))
        for spelt in without_accents(name)
        for word in words_of(spelt)
        for letters in _letters(against)
    )


def _pairs(one: str, other: str) -> Iterator[tuple[str, str]]:
    return ((a, b) for a in _letters(one) for b in _letters(other) if min(len(a), len(b)) >= _SHORTEST)


def _letters(name: str) -> set[str]:
    return {letters for spelt in without_accents(name) for letters in turned(spelt)}
