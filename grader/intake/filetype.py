"""Name the kind of a file that is not a notebook."""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import warnings
import zipfile

from grader.intake import messages

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", messages.ZIP),
    (b"PK\x05\x06", messages.EMPTY_ZIP),
    (b"\x1f\x8b", messages.GZIP),
    (b"7z\xbc\xaf", messages.SEVEN_ZIP),
    (b"Rar!", messages.RAR),
    (b"%PDF", messages.PDF),
    (b"\x89PNG", messages.PICTURE),
    (b"\xff\xd8\xff", messages.PICTURE),
    (b"\xd0\xcf\x11\xe0", messages.OLD_OFFICE),
)
_CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)
_FORWARDS = re.compile(r"<meta[^>]{0,80}http-equiv\s*=\s*['\"]?refresh", re.IGNORECASE)
_PYTHON = re.compile(r"^(?:def|class|import|from) \w", re.MULTILINE)
_LONGEST_SCRIPT = 1_000_000

_OPEN_DOCUMENT_TYPE = b"mimetypeapplication/vnd.oasis.opendocument."  # always the first entry, and not compressed
_ENTRY_NAME = 30  # where the name of a zip's first entry begins
_MOST_ENTRIES = 20_000  # no document has as many
_NO_ZIP = (zipfile.BadZipFile, ValueError, IndexError, OverflowError, NotImplementedError, OSError, struct.error)


def name_of_bytes(data: bytes) -> str | None:
    """Return a reason when the first bytes give another kind of file away."""
    if data.startswith(b"PK\x03\x04") and (reason := _name_of_document(data)):
        return reason
    return next((reason for signature, reason in _SIGNATURES if data.startswith(signature)), None)


def _name_of_document(data: bytes) -> str | None:
    """Return a reason if a zip is what a word processor, spreadsheet or slide program saves."""
    if data.startswith(_OPEN_DOCUMENT_TYPE, _ENTRY_NAME):
        return messages.OPEN_DOCUMENT
    if data.count(b"PK\x01\x02") > _MOST_ENTRIES:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except _NO_ZIP:
        return None
    parts = ("word/", "xl/", "ppt/")
    return messages.OFFICE if "[Content_Types].xml" in names and any(n.startswith(parts) for n in names) else None


def name_of_text(text: str, error: json.JSONDecodeError) -> str:
    """Return the likeliest reason why a text is not JSON, and what its owner should do."""
    if mark := _CONFLICT.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        return messages.merge_conflict(line, mark[1])
    start = text.lstrip()[:200].lower()
    if start.startswith("<") and _FORWARDS.search(text[:2000]):
        return messages.FORWARDING_PAGE
    if start.startswith(("<!doctype", "<html", "<?xml", "<")):
        return messages.WEB_PAGE
    if start.startswith("version https://git-lfs"):
        return messages.LFS_POINTER
    if not start.startswith("{"):
        if _is_python(text):
            return messages.PYTHON_SCRIPT
        return messages.NO_NOTEBOOK
    if _stops_early(text, error):
        return messages.CUT_OFF
    return messages.invalid_json(error.msg, error.lineno)


def _stops_early(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) - 1 or error.msg.startswith(("Unterminated string", "Invalid \\uXXXX"))


def _is_python(text: str) -> bool:
    if not _PYTHON.search(text) or len(text) > _LONGEST_SCRIPT:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a script's own odd escapes are none of our business
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
