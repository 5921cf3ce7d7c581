"""Reference answers on disk, named by the digest of all that decides them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from grader.atomic_write import write_atomically
from grader.value import Array, Opaque, Tensor, Unpackable, Value

log = logging.getLogger(__name__)

FORMAT = 1
_FOLDERS = 256  # named by the first two digits of the keys in them


class AnswerStore:
    """A folder of values by key; a file that cannot be read counts as absent, and a disk that is full is no error.

    It holds ``most_bytes`` at most, or hardly more: each of its folders keeps what was used last, as far as its share
    goes.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 4 << 30) -> None:
        self._folder = folder
        self._share = most_bytes // _FOLDERS

    def get(self, key: str) -> Value:
        """Return the value stored under a key; raises KeyError when there is none that can be read."""
        try:
            with self._file(key).open("rb") as file, np.load(file, allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
            with contextlib.suppress(OSError):  # of somebody else's, or on a disk that is read-only
                os.utime(self._file(key))
            return unpack(json.loads(bytes(arrays.pop("structure"))), arrays)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s is damaged and will be made again: %s", self._file(key), error)
        raise KeyError(key)

    def put(self, key: str, value: Value) -> None:
        """Store a value under a key, in one step: another process sees all of it or nothing."""
        structure, arrays = pack(value)
        named: dict[str, Any] = {str(i): array for i, array in enumerate(arrays)}
        named["structure"] = np.frombuffer(json.dumps(structure).encode(), np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, **named)
        try:
            write_atomically(self._file(key), buffer.getvalue(), private=True, durable=False)
            self._trim(self._file(key))
        except OSError as error:
            log.warning("the answer is not kept, %s cannot be written: %s", self._folder, error)

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.npz"

    def _trim(self, newest: Path) -> None:
        """Remove from a file's folder what was not used for longest, until the rest fits; the file itself stays."""
        found = []
        for file in os.scandir(newest.parent):
            with contextlib.suppress(FileNotFoundError):  # another process removes as well
                found.append((file.name == newest.name, file.stat().st_mtime_ns, file.stat().st_size, file.path))
        size = 0
        for is_newest, _, length, path in sorted(found, reverse=True):
            size += length
            if size > self._share and not is_newest:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)


def key(*parts: Value) -> str:
    """Return the SHA-256 of some values: equal values, equal keys."""
    structure, arrays = pack([FORMAT, *parts])
    total = hashlib.sha256(json.dumps(structure, sort_keys=True).encode())
    for array in arrays:
        total.update(repr((array.dtype.str, array.shape)).encode() + array.tobytes())
    return total.hexdigest()


def pack(value: Value) -> tuple[Any, list[Array]]:
    """Return a value as JSON data and the arrays that it refers to by number."""
    arrays: list[Array] = []

    def node(value: Value) -> Any:
        match value:
            case None | bool() | int() | float() | str():
                return value
            case list() | tuple():
                return {type(value).__name__: [node(v) for v in value]}
            case dict():
                return {"dict": {k: node(v) for k, v in value.items()}}
            case Tensor():
                arrays.append(value.data)
                return {"tensor": [len(arrays) - 1, value.dtype, value.kind]}
            case Unpackable():
                return {"unpacks": [value.type_name, [node(v) for v in value.parts]]}
            case Opaque():
                return {"opaque": value.type_name}
        raise TypeError(f"a {type(value).__name__} is not a value that crosses to a kernel")

    return node(value), arrays


def unpack(structure: Any, arrays: dict[str, Array]) -> Value:
    """Return the value that :func:`pack` took apart, the arrays by their numbers as text."""
    match structure:
        case {"list": list(items)}:
            return [unpack(i, arrays) for i in items]
        case {"tuple": list(items)}:
            return tuple(unpack(i, arrays) for i in items)
        case {"dict": dict(items)}:
            return {k: unpack(v, arrays) for k, v in items.items()}
        case {"tensor": [int(index), str(dtype), str(kind)]}:
            return Tensor(arrays[str(index)], dtype, kind)
        case {"unpacks": [str(type_name), list(items)]}:
            return Unpackable(type_name, tuple(unpack(i, arrays) for i in items))
        case {"opaque": str(type_name)}:
            return Opaque(type_name)
        case None | bool() | int() | float() | str():
            return structure
    raise ValueError("the structure is not one of ours")
