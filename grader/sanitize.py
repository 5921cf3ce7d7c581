"""Make text of unknown origin visible, for pages, terminals, logs, results and tables.

A student's text or a file's name must not steer a terminal, nor hide, reorder or break the text around it.
"""

from __future__ import annotations

import re

# Sequences of terminals (ECMA-48): CSI, terminated OSC, and those of two characters.
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
# Controls, direction overrides and marks, line separators, characters of no width, surrogates and non-characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Return the text without terminal sequences, characters that are not seen spelled out.

    Such a character becomes its number, ``⟨U+202E⟩``; a byte of a file's name that is no text becomes ``\\xe9``. Tabs
    and line ends stay, ``\\r\\n`` as ``\\n``. Text that was made visible is not changed again.
    """
    return _UNSEEN.sub(_spell_out, _ESCAPES.sub("", text).replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return a name as visible text in which line ends and tabs are spelled out too."""
    return re.sub("[\t\n]", _spell_out, visible(text))


def undecodable_byte(character: str) -> str:
    """Return the ``\\xe9`` of a byte that was decoded to a surrogate (PEP 383); "" otherwise."""
    number = ord(character) - 0xDC00
    return f"\\x{number:02x}" if 0x80 <= number <= 0xFF else ""


def _spell_out(found: re.Match[str]) -> str:
    return undecodable_byte(found[0]) or f"⟨U+{ord(found[0]):04X}⟩"
