"""Read single values of a TOML table; a value of another kind raises AssignmentError."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.assignment import messages
from grader.errors import AssignmentError


def read_path(root: Path, path: Path, key: str, name: str, *, folders: bool = False) -> Path:
    """Return the resolved path of a file, with ``folders`` also of a folder, named by a key."""
    if not (os.path.isfile(root / name) or (folders and os.path.isdir(root / name))):
        raise AssignmentError(path, messages.no_such_file(key, name))
    return (root / name).resolve()


def read_paths(root: Path, path: Path, key: str, names: Iterable[str]) -> tuple[Path, ...]:
    """Return the resolved paths of files and folders that ``key`` of ``path`` names."""
    return tuple(read_path(root, path, key, name, folders=True) for name in names)


def read_texts(path: Path, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the list of different texts under a key, empty without it."""
    match data.get(key, []):
        case [*values] if all(isinstance(v, str) for v in values) and len({*values}) == len(values):
            return tuple(values)
    raise AssignmentError(path, messages.must_be(key, messages.DIFFERENT_STRINGS, data[key]))


def read_table(path: Path, data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the table under a key, empty without it."""
    match data.get(key, {}):
        case dict(table):
            return table
    raise AssignmentError(path, messages.must_be(key, messages.a_table(key), data[key]))


def read_text(path: Path, data: Mapping[str, Any], key: str) -> str:
    """Return the text under a key, empty without it."""
    match data.get(key, ""):
        case str(text):
            return text
    raise AssignmentError(path, messages.must_be(key, messages.A_TEXT, data[key]))


def is_url(text: str) -> bool:
    """Return whether a text is an address that can be fetched by HTTP."""
    return re.fullmatch(r"https?://[^\s/\"'<>]+/[^\s\"'<>]+", text) is not None


def read_url(path: Path, data: Mapping[str, Any], key: str) -> str:
    """Return the address under a key, empty without it."""
    match data.get(key, ""):
        case str(text) if not text or is_url(text):
            return text
    raise AssignmentError(path, messages.must_be(key, messages.AN_ADDRESS, data[key]))


def read_flag(path: Path, data: Mapping[str, Any], key: str) -> bool:
    """Return whether a key is true; false without it."""
    match data.get(key, False):
        case bool(value):
            return value
    raise AssignmentError(path, messages.must_be(key, messages.TRUE_OR_FALSE, data[key]))


def read_share(path: Path, data: Mapping[str, Any], key: str) -> float:
    """Return the number from 0 to 1 under a key; 1 without it."""
    match data.get(key, 1.0):
        case int() | float() as value if not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
    raise AssignmentError(path, messages.must_be(key, messages.A_SHARE, data[key]))


def is_number(value: object) -> bool:
    """Return whether a value of TOML is a finite number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
