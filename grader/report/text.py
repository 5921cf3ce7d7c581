"""Text of unknown origin made fit to be shown: nothing in it may hide, reorder or break what stands around it."""

from __future__ import annotations

import math
import re
import unicodedata

LONGEST = 20_000

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# Controls, direction overrides and marks, line separators, characters of no width, surrogates and non-characters.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Return the text with terminal colours dropped and every character that is not plainly visible spelled out.

    Such a character becomes its number, ``⟨U+202E⟩``; tabs and line ends stay.
    """
    return _UNFIT.sub(_spell, _ANSI.sub("", text).replace("\r\n", "\n"))


def cut(value: object, longest: int = LONGEST) -> str:
    """Return the value as visible text, or the beginning of it with a note of how much was cut."""
    text = visible(str(value))  # first, lest the cut goes through an escape sequence
    left_out = len(text) - longest
    return text if left_out <= 0 else f"{text[:longest]} … cut, {left_out:,} more characters"


def number(value: float) -> str:
    """Return a score or a count as short as it can be read, to a hundredth: 11, 10.5, 0.33."""
    if not math.isfinite(value):
        return str(value)
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # adding 0.0 turns -0.0 into 0.0


def measured(value: float) -> str:
    """Return a measured value to three significant digits: 0.00123, 4.56, 1.2e+08."""
    return f"{value:.3g}"


def width(text: str) -> int:
    """Return how many Latin letters a text is about as wide as; East Asian letters count twice."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def fit(text: str, columns: int) -> str:
    """Return as much of the text as fits into a number of Latin letters, with an ellipsis for the rest."""
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


def _spell(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
