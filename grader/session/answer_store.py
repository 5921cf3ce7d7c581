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
from grader.value import Value
from grader.value_codec import decode, encode

log = logging.getLogger(__name__)

FORMAT = 2
_MOST_FOLDERS = 256  # named by the first two digits of the keys in them


class AnswerStore:
    """A folder of values by key.

    A file that cannot be read counts as absent, and a disk that is full is no error. It holds ``most_bytes`` at most,
    or hardly more: each of its folders keeps what was used last, as far as its share goes.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 4 << 30) -> None:
        self._folder = folder
        self._share = most_bytes // _MOST_FOLDERS

    def get(self, key: str) -> Value:
        """Return the value stored under a key; raises KeyError when none can be read."""
        try:
            with self._answer_file(key).open("rb") as file, np.load(file, allow_pickle=False) as found:
                structure = json.loads(bytes(found["structure"]))
                arrays = [found[str(n)].data for n in range(len(found.files) - 1)]
            with contextlib.suppress(OSError):  # of somebody else's, or on a disk that is read-only
                os.utime(self._answer_file(key))
            return decode(structure, arrays)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s is damaged and will be made again: %s", self._answer_file(key), error)
        raise KeyError(key)

    def put(self, key: str, value: Value) -> None:
        """Store a value under a key, in one step: another process sees all of it or nothing."""
        structure, arrays = encode(value, opaque=True)
        buffers = {"structure": json.dumps(structure).encode()} | {str(n): array for n, array in enumerate(arrays)}
        named: dict[str, Any] = {name: np.frombuffer(data, np.uint8) for name, data in buffers.items()}
        buffer = io.BytesIO()
        np.savez(buffer, **named)
        try:
            write_atomically(self._answer_file(key), buffer.getvalue(), private=True, durable=False)
            self._trim(self._answer_file(key))
        except OSError as error:
            log.warning("the answer is not kept, %s cannot be written: %s", self._folder, error)

    def _answer_file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.npz"

    def _trim(self, newest: Path) -> None:
        """Remove from a file's folder what was not used for longest, until the rest fits.

        The file itself stays.
        """
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
    """Return the SHA-256 of some values, equal for equal values whose dicts are in one order."""
    structure, arrays = encode([FORMAT, *parts], opaque=True)
    total = hashlib.sha256(json.dumps(structure).encode())
    for array in arrays:
        total.update(array)
    return total.hexdigest()
