"""Text of a student's making, made harmless."""

from __future__ import annotations

import re

# Escape sequences of terminals; then control characters but for tab and newline, lone surrogates (no encoding has
# them), and the characters that turn the direction of what follows.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text without escape sequences, control characters (newline and tab stay) and lone surrogates."""
    return _CONTROLS.sub("\ufffd", _ESCAPES.sub("", text.replace("\r\n", "\n")))
