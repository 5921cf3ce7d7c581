"""Replace characters that look like Python code but are not, in cells that need it.

They come along when code is pasted from a web page, a PDF or a word processor. Text in strings and comments is kept.
"""

from __future__ import annotations

import ast
import bisect
import keyword
import re
import unicodedata
from dataclasses import dataclass

from grader.extract.syntax import same_syntax

_LETTERS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρςτυχικαγɡıօ",
    "ABESIJKMHOPCTYXaeijopcyxshdqwlABEZHIKMNOPTYXovpstuxikaygio",
)
"""Cyrillic, Greek and other letters, and the Latin ones that they look like."""
_MAX_REPLACED = 20_000  # of a cell; the search starts again at each unclosed quote, so its time may be quadratic
_SIGNS = {
    **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("×∗", "*"), **dict.fromkeys("÷∕⁄", "/"),
    "≤": "<=", "≥": ">=", "≠": "!=", "…": "...", "→": "->", "、": ",", "،": ",", "。": ".", "【": "[", "】": "]",
    **{chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F) if not chr(c).isalpha()},
}  # fmt: skip
"""Signs and the Python code that they stand for.

Full-width forms of East Asian keyboards are among them.
"""
_DOUBLE, _SINGLE = "“”„‟〝〞«»", "‘’‚‛"
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}
_BREAKS = frozenset("\x85\u2028\u2029")
_KEPT = frozenset("\t\n\f\r ")
_ODD = re.compile(r"[^\x20-\x7e\t\n\f\r]")
_PART = re.compile(
    r"(?P<kept>\#[^\n]*+"
    r"|\"\"\"[^\"\\]*+(?:(?:\\.|\"(?!\"\"))[^\"\\]*+)*+\"\"\"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''"
    r"|\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])*+')"
    rf"|(?P<long>[{_DOUBLE}\"]{{3}})(?P<text>[^{_DOUBLE}\"\\]*+)[{_DOUBLE}\"]{{3}}"
    rf"|(?P<double>[{_DOUBLE}\"])(?P<word>[^{_DOUBLE}\"\\\n]*+)[{_DOUBLE}\"]"
    rf"|(?P<single>[{_SINGLE}'])(?P<letter>[^{_SINGLE}'\\\n]*+)[{_SINGLE}']"
    r"|(?P<name>[^\W\d]\w*+)"
    r"|(?P<odd>[^\x20-\x7e\t\n\f\r])",
    re.DOTALL,
)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Confusable:
    """A character that was replaced in a cell, with its place.

    Line and column are those of the first and count from 1; ``more`` is how many follow.
    """

    line: int
    column: int
    character: str
    more: int


def skeleton(text: str) -> str:
    """Return what a reader sees of a text: Latin letters, ordinary spaces, nothing invisible.

    Line breaks stay. Two texts that look the same have the same skeleton (the term of Unicode Technical Standard 39).
    """
    if text.isascii():
        return text
    shown = "".join(" " if is_odd_space(c) else c for c in text if not is_invisible(c) or c in _BREAKS)
    return unicodedata.normalize("NFKC", shown.translate(_LETTERS))


def first_confusable(name: str) -> str:
    """Return the first character of a name that looks like another one, or ""."""
    return next((c for c in name if skeleton(c) != c), "")


def replace_confusables(source: str) -> tuple[str, tuple[Confusable, ...]]:
    """Return a source without confusable characters in its code, and those characters.

    Strings and comments keep theirs. Line breaks stay where they are. Sources of more than 20,000 characters are
    returned unchanged.
    """
    if len(source) > _MAX_REPLACED or not _ODD.search(source):
        return source, ()
    found: dict[str, list[int]] = {}

    def replaced(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match[0]
        text, start = match[0], match.start()
        kept = range(0)
        if quote := match["long"] or match["double"] or match["single"]:
            kept = range(len(quote), len(text) - len(quote))
        elif match["name"] and text not in keyword.kwlist and text.translate(_LETTERS) in keyword.kwlist:
            found.setdefault(c := first_confusable(text), []).append(start + text.index(c))
            return text.translate(_LETTERS)
        made = ""
        for at, c in enumerate(text):
            new = c if at in kept or (c.isascii() and c.isprintable()) else _replacement(c)
            if new != c:
                found.setdefault(c, []).append(start + at)
            made += new
        return made

    new = _PART.sub(replaced, source)
    starts = [0, *(m.end() for m in re.finditer("\n", source))]
    return new, tuple(_confusable(c, places, starts) for c, places in found.items())


def _confusable(character: str, places: list[int], starts: list[int]) -> Confusable:
    line = bisect.bisect_right(starts, places[0])
    return Confusable(line, places[0] - starts[line - 1] + 1, character, len(places) - 1)


def expand_indents(source: str) -> str:
    """Return a source indented with spaces, unchanged where tabs may mean two programs.

    That is where tabs of 4 and of 8 columns give different ones.
    """
    read = []
    for width in (4, 8):
        text = _INDENT.sub(lambda m, width=width: m[0].expandtabs(width), source)  # type: ignore[misc]
        try:
            read.append((text, ast.parse(text)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    if not read or not same_syntax(read[0][1], read[-1][1]):
        return source
    return read[0][0]


def _replacement(c: str) -> str:
    """Return the code that a character stands for, itself where that is unclear."""
    if c in _KEPT or c in _BREAKS:
        return c
    if c in "\x0b\x1c\x1d\x1e\x1f" or is_odd_space(c):
        return " "
    if is_invisible(c):
        return ""
    return '"' if c in _DOUBLE else "'" if c in _SINGLE else _SIGNS.get(c, c)


def is_invisible(c: str) -> bool:
    """Tell whether a character shows nothing, not even a space."""
    return c in _FILLERS or not (c.isprintable() or c in _KEPT or unicodedata.category(c) == "Zs")


def is_odd_space(c: str) -> bool:
    """Tell whether a character looks like an ordinary space and is another one."""
    return c != " " and unicodedata.category(c) == "Zs"


def is_line_break(c: str) -> bool:
    """Tell whether a character breaks a line for a reader, but not for Python."""
    return c in _BREAKS


def meant_by(c: str) -> str:
    """Return what a confusable character stands for, also in text that must stay as it is."""
    new = _replacement(c)
    return skeleton(c) if new == c else new
