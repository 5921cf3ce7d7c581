"""Read a TOML file that people edit; one sentence says what is wrong and where."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from grader.assignment.toml_values import is_number
from grader.corrections import file_messages
from grader.errors import MachineError, UsageError

_T = TypeVar("_T")
_WHAT: dict[type, str] = {
    str: "a text in quotes", bool: "true or false", int: "a whole number", datetime: "a day and a time",
    dict: "a table", list: file_messages.A_LIST_OF_TABLES,
}  # fmt: skip


def read_file(path: Path) -> bytes:
    """Return a file's bytes; raises FileNotFoundError, else MachineError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise MachineError(file_messages.cannot_read(path), error) from error


def parse_toml(data: bytes, path: Path) -> dict[str, Any]:
    """Return what the bytes of a file hold; raises UsageError for what is no TOML."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(file_messages.not_utf8(path)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(file_messages.no_toml(path, error)) from error


class TomlTable:
    """A table whose values are read by key and type.

    ``place`` says which it is in messages. Raises UsageError for a key that is not ``known``: it was meant to mean
    something.
    """

    def __init__(self, place: str, data: Mapping[str, Any], known: Sequence[str]) -> None:
        self.place, self._data = place, data
        for key in data:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                raise self.fault(file_messages.unknown_key(key, near, known))

    def fault(self, rule: str) -> UsageError:
        """Return the error that says which rule this table breaks."""
        return UsageError(f"{self.place} {rule}")

    def get(self, key: str, kind: type[_T]) -> _T | None:
        """Return the value of a key, None without it."""
        value = self._data.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fault(file_messages.must_be(key, value, _WHAT[kind]))
        return value

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.get(key, str)
        if value is None:
            raise self.fault(file_messages.no_key(key))
        return value

    def number(self, key: str, least: float = 0.0, most: float = 1e6) -> float | None:
        """Return a number within limits, None without the key."""
        value = self._data.get(key)
        if value is None:
            return None
        if not is_number(value) or not least <= value <= most:
            raise self.fault(file_messages.must_be(key, value, file_messages.a_number(least, most)))
        return float(value)

    def count(self, key: str, least: int = 0, most: int = 3650) -> int | None:
        """Return a whole number within limits, None without the key."""
        value = self.get(key, int)
        if value is not None and not least <= value <= most:
            raise self.fault(file_messages.must_be(key, value, file_messages.a_whole_number(least, most)))
        return value

    def table(self, key: str, known: Sequence[str]) -> TomlTable:
        """Return the table of a key, an empty one without it."""
        return TomlTable(f"{self.place}, [{key}],", self.get(key, dict) or {}, known)

    def tables(self, key: str, known: Sequence[str]) -> list[TomlTable]:
        """Return the tables of a key in their order."""
        found = []
        for number, data in enumerate(self.get(key, list) or [], 1):
            if not isinstance(data, dict):
                raise self.fault(file_messages.must_be(key, data, f"{file_messages.A_LIST_OF_TABLES}, [[{key}]]"))
            found.append(TomlTable(f"{self.place}, [[{key}]] {number},", data, known))
        return found
