"""Types of what clients send, as they are documented and checked."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from grader.intake.supporting_files import is_usual_path
from grader.service.api import messages

_LINE = r"^[^\x00-\x1f\x7f]*$"
_NAME = r"^[^\x00-\x1f\x7f/\\]+$"
_PATH = r"^[^\x00-\x1f\x7f\\:]+$"


def _printable(text: str) -> str:
    """Check that nothing in a name is invisible; raises ValueError."""
    if not text.isprintable():
        raise ValueError(messages.no_file_name(text))
    return text


def checked_path(name: str) -> str:
    """Return the path of a file beside a notebook; raises ValueError where it leads elsewhere."""
    name = unicodedata.normalize("NFC", name)
    parts = name.split("/")
    odd = any(c in name for c in "\\:") or not is_usual_path(name)
    if odd or any(not part or part.startswith(".") or part != part.strip() for part in parts):
        raise ValueError(messages.no_file_name(name))
    return name


def _decoded(text: Any) -> bytes:
    """Return the bytes of a base64 text; raises ValueError."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (AttributeError, binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(messages.NO_BASE64) from error


Line = Annotated[str, Field(pattern=_LINE, max_length=200)]
"""A text of one line, which may be empty."""

Name = Annotated[str, Field(pattern=_LINE, min_length=1, max_length=200)]
"""A text of one line."""

FileName = Annotated[str, Field(pattern=_NAME, min_length=1, max_length=200), AfterValidator(_printable)]
"""The name of a file, without folders."""

FilePath = Annotated[str, Field(pattern=_PATH, min_length=1, max_length=200)]
"""The path of a file beside a notebook, which :func:`checked_path` checks."""

Base64 = Annotated[bytes, BeforeValidator(_decoded), WithJsonSchema({"type": "string", "contentEncoding": "base64"})]
"""A file's bytes in base64."""
