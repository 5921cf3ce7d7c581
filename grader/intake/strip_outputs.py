"""Remove outputs from a notebook's bytes before they are decoded."""

from __future__ import annotations

import re

# Possessive quantifiers: a plain star would remember every escape of a 100 MB string. A string that is cut off goes to
# the end, so that the search does not begin again at each escaped quote in it.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
# What holds no brackets, and what holds only such things, is passed over in one go: a loop in Python over every string
# of a plot would take seconds.
_FLAT = rb'(?:[^"\[{\]}]++|' + _STRING + rb")*+"
_NESTED = rb'(?:[^"\[{\]}]++|' + _STRING + rb"|[\[{]" + _FLAT + rb"[\]}])*+"
_BRACKET = re.compile(rb'(?:[^"\[{\]}]++|' + _STRING + rb"|[\[{]" + _NESTED + rb"[\]}])*+([\[{\]}])", re.DOTALL)
_OPENS = re.compile(rb"\s*:\s*([\[{])")
_MOST_CUTS = 100_000
_MOST_BRACKETS = 1_000_000
_UNGRADED = frozenset({b'"outputs"', b'"attachments"', b'"widgets"'})


class TooManyPartsError(Exception):
    """Outputs of so many lists in lists that no tool wrote them."""


def trim(data: bytes) -> bytes:
    """Return a notebook's JSON with its outputs, attachments and widgets made empty.

    ``data`` is UTF-8 or another encoding that agrees with it on ASCII; bytes that are not JSON come back in some form
    that is not either. Raises TooManyPartsError.
    """
    kept: list[bytes] = []
    at = copied = 0
    while len(kept) < _MOST_CUTS and (token := _STRINGS.search(data, at)):
        at = token.end()
        if token[0] in _UNGRADED and (opened := _OPENS.match(data, at)):
            kept += [data[copied : opened.end()], b"]" if opened[1] == b"[" else b"}"]
            at = copied = _closing(data, opened.end())
    return b"".join((*kept, data[copied:])) if kept else data


def _closing(data: bytes, start: int) -> int:
    """Return the place after the bracket that closes one before ``start``, or the data's end."""
    depth, at = 1, start
    for _ in range(_MOST_BRACKETS):
        if (token := _BRACKET.match(data, at)) is None:
            return len(data)
        at = token.end()
        depth += 1 if token[1] in b"[{" else -1
        if not depth:
            return at
    raise TooManyPartsError
