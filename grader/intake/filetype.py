"""Say in plain words what a file is that is not a notebook."""

from __future__ import annotations

import ast
import json
import re
import warnings

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "it is a zip archive; hand in the .ipynb file that is inside it."),
    (b"PK\x05\x06", "it is an empty zip archive; hand in the .ipynb file itself."),
    (b"\x1f\x8b", "it is a gzip archive; hand in the .ipynb file that is inside it."),
    (b"7z\xbc\xaf", "it is a 7z archive; hand in the .ipynb file that is inside it."),
    (b"Rar!", "it is a rar archive; hand in the .ipynb file that is inside it."),
    (b"%PDF", "it is a PDF; hand in the notebook itself, the .ipynb file."),
    (b"\x89PNG", "it is a picture; hand in the notebook itself, the .ipynb file."),
    (b"\xff\xd8\xff", "it is a picture; hand in the notebook itself, the .ipynb file."),
    (b"\xd0\xcf\x11\xe0", "it is an Office document; hand in the notebook itself, the .ipynb file."),
)
_CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)
_PYTHON = re.compile(r"^(?:def|class|import|from) \w", re.MULTILINE)
_LONGEST_SCRIPT = 1_000_000


def name_of_bytes(data: bytes) -> str | None:
    """Return a reason when the first bytes give another kind of file away."""
    return next((reason for signature, reason in _SIGNATURES if data.startswith(signature)), None)


def name_of_text(text: str, error: json.JSONDecodeError) -> str:
    """Return the likeliest reason why a text is not JSON: it tells its owner what the file is and what to do."""
    if mark := _CONFLICT.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        return f"line {line} is a merge conflict marker ({mark[1]}); resolve the conflict and save the notebook again."
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<")):
        return (
            "it is a web page, not a notebook; download the .ipynb file itself (File, Download, in Jupyter or Colab)."
        )
    if start.startswith("version https://git-lfs"):
        return "it is a Git LFS pointer, not the notebook; fetch the file with `git lfs pull` and hand that in."
    if not start.startswith("{"):
        if _is_python(text):
            return "it is a Python script, not a notebook; hand in the .ipynb file."
        return "it is not a notebook: a notebook's file starts with '{'."
    if _stops_early(text, error):
        return "it is cut off: the file ends in the middle of the notebook; save it again and hand in the whole file."
    return f"it is not valid JSON ({error.msg}, line {error.lineno}); open it in Jupyter and save it again."


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
