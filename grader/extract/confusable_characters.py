"""Characters that are not what they look like: pasted into code from a page or a word processor, and hard to see."""

from __future__ import annotations

import ast
import bisect
import keyword
import re
import unicodedata
from dataclasses import dataclass

from grader.extract.not_attempted import same_code

_LETTERS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρςτυχικαγɡıօ",
    "ABESIJKMHOPCTYXaeijopcyxshdqwlABEZHIKMNOPTYXovpstuxikaygio",
)
"""Cyrillic, Greek and other letters, and the Latin ones that they look like."""
_MOST = 20_000  # characters of a cell; the search begins again at each quote that nothing closes
_SIGNS = {
    **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("×∗", "*"), **dict.fromkeys("÷∕⁄", "/"),
    "≤": "<=", "≥": ">=", "≠": "!=", "…": "...", "→": "->", "、": ",", "،": ",", "。": ".", "【": "[", "】": "]",
    **{chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F) if not chr(c).isalpha()},
}  # fmt: skip
"""What is typed in their place; the full-width forms of East Asian keyboards among them."""
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
class Odd:
    """A character that was read as what it looks like: where it stands first, and how many others of it there are.

    As text, the rest of a sentence that begins with its cell.
    """

    line: int
    column: int
    character: str
    more: int

    def __str__(self) -> str:
        others = f" (and {self.more} more)" * bool(self.more)
        read = "passed over" if _is_invisible(self.character) else f"read as {_read_as(self.character)}"
        place = f"line {self.line}, column {self.column} holds {named(self.character)}{others}"
        return f"{place}, which was {read}; {remedy(self.character)}."


def looks(text: str) -> str:
    """Return a text as it looks, line by line: no invisible characters, ordinary blanks, one alphabet."""
    if text.isascii():
        return text
    shown = "".join(" " if _is_blank(c) else c for c in text if not _is_invisible(c) or c in _BREAKS)
    return unicodedata.normalize("NFKC", shown.translate(_LETTERS))


def named(character: str) -> str:
    """Return a character's sign, if it has one, and its name and number, for a sentence."""
    name = unicodedata.name(character, "a control character")
    number = f"U+{ord(character):04X}"
    if _is_invisible(character):
        return f"an invisible character ({name}, {number})"
    return f"a blank that is none ({name}, {number})" if _is_blank(character) else f"`{character}` ({name}, {number})"


def remedy(character: str) -> str:
    """Return what to do about a character that does not belong into code, as the rest of a sentence."""
    if character in _BREAKS:
        return "delete it and press Enter in its place"
    if _is_invisible(character):
        return "delete it, or type that line anew"
    return f"type {_read_as(character)} in its place"


def _read_as(character: str) -> str:
    new = _instead(character)
    new = looks(character) if new == character else new
    return f"the letter `{new}`" if new.isalpha() else f"`{new}`" if new.strip() else "an ordinary blank"


def unlike(name: str) -> str:
    """Return the first character of a name that looks like another, or ""."""
    return next((c for c in name if looks(c) != c), "")


def mended(source: str) -> tuple[str, tuple[Odd, ...]]:
    """Return a source with the characters that it must mean, outside strings and comments, line by line as it was.

    Also the characters that were replaced. The source comes back unchanged where there is none.
    """
    if len(source) > _MOST or not _ODD.search(source):
        return source, ()
    found: dict[str, list[int]] = {}

    def plain(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match[0]
        text, start = match[0], match.start()
        kept = range(0)
        if quote := match["long"] or match["double"] or match["single"]:
            kept = range(len(quote), len(text) - len(quote))
        elif match["name"] and text not in keyword.kwlist and text.translate(_LETTERS) in keyword.kwlist:
            found.setdefault(c := unlike(text), []).append(start + text.index(c))
            return text.translate(_LETTERS)
        made = ""
        for at, c in enumerate(text):
            new = c if at in kept or (c.isascii() and c.isprintable()) else _instead(c)
            if new != c:
                found.setdefault(c, []).append(start + at)
            made += new
        return made

    new = _PART.sub(plain, source)
    starts = [0, *(m.end() for m in re.finditer("\n", source))]
    return new, tuple(_odd(c, places, starts) for c, places in found.items())


def _odd(character: str, places: list[int], starts: list[int]) -> Odd:
    line = bisect.bisect_right(starts, places[0])
    return Odd(line, places[0] - starts[line - 1] + 1, character, len(places) - 1)


def without_tabs(source: str) -> str:
    """Return a source whose indents mix tabs and blanks with blanks alone, if that can be read in one way only."""
    read = []
    for width in (4, 8):
        text = _INDENT.sub(lambda m, width=width: m[0].expandtabs(width), source)  # type: ignore[misc]
        try:
            read.append((text, ast.parse(text)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    if not read or not same_code(read[0][1], read[-1][1]):
        return source
    return read[0][0]


def _instead(c: str) -> str:
    """Return what a character outside strings must mean: itself, if that is not plain."""
    if c in _KEPT or c in _BREAKS:
        return c
    if c in "\x0b\x1c\x1d\x1e\x1f" or _is_blank(c):
        return " "
    if _is_invisible(c):
        return ""
    return '"' if c in _DOUBLE else "'" if c in _SINGLE else _SIGNS.get(c, c)


def _is_invisible(c: str) -> bool:
    return c in _FILLERS or not (c.isprintable() or c in _KEPT or unicodedata.category(c) == "Zs")


def _is_blank(c: str) -> bool:
    return c != " " and unicodedata.category(c) == "Zs"
