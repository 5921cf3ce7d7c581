"""Find secrets in a folder of files, also where they are packed or written in another way."""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_MOST_DEPTH = 4
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")


def leaks(folder: Path, secrets: Iterable[str | bytes]) -> dict[str | bytes, str]:
    """Return the secrets that files of a folder hold, each with the name of a file that does.

    Files are searched as they are and with everything unpacked; texts also as UTF-16, as JSON
    and Python escape them, and in hex.
    """
    held = {name: b"\0".join(_unpacked(data)) for name, data in _files(folder)}
    wanted = {secret: _spellings(secret) for secret in secrets}
    return {
        secret: name
        for name, data in held.items()
        for secret, spellings in wanted.items()
        if any(spelling in data for spelling in spellings)
    }


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        yield name, name.encode()
        if path.is_file():
            yield f"{name} ", path.read_bytes()


def _unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield data, and what comes out of it by the usual ways to pack some, several times over."""
    yield data
    if depth == _MOST_DEPTH:
        return
    inside: list[bytes] = []
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside += [name.encode() for name in archive.namelist()]
            inside += [archive.read(name) for name in archive.namelist()]
    elif data[:2] == b"\x1f\x8b":
        inside.append(gzip.decompress(data))
    elif data[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            inside.append(zlib.decompress(data))
    else:
        inside += filter(None, map(_from_base64, _BASE64.findall(data)))
    for part in inside:
        yield from _unpacked(part, depth + 1)


def _from_base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.rstrip(b"=") + b"==", altchars=b"-_" if re.search(rb"[-_]", text) else None)
    except binascii.Error:
        return b""


def _spellings(secret: str | bytes) -> set[bytes]:
    if isinstance(secret, bytes):
        return {secret}
    plain = secret.encode()
    return {
        plain,
        secret.encode("utf-16-le"),
        json.dumps(secret)[1:-1].encode(),
        ascii(secret)[1:-1].encode(),
        plain.hex().encode(),
    }
