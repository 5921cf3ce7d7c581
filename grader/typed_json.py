"""Turn records into plain JSON data and back, strictly: others may have written it.

Standard library only: the zygote loads this file too.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

_T = TypeVar("_T")
_NOT_FINITE = ("nan", "inf", "-inf")  # as strings, because JSON has no numbers for them
_LARGEST_FLOAT = sys.float_info.max
_PLAIN_TYPES: dict[Any, Any] = {str: str, bool: bool, int: int, float: (int, float)}


class Sparse:
    """A record of which JSON data hold only the fields that are not as they are by default."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        fields = dataclasses.fields(typing.cast("Any", self))
        held = {f.name: (getattr(self, f.name), _default(f)) for f in fields}
        return {name: plain(value) for name, (value, default) in held.items() if value != default}


def plain(value: Any) -> Any:
    """Return a record, or records in lists and mappings, as JSON data; anything else as it is."""
    match value:
        case Sparse():
            return value.to_json()
        case list() | tuple():
            return [plain(item) for item in value]
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def record(kind: type[_T], data: Any, place: str = "", *, tolerant: bool = False) -> _T:
    """Return JSON data as a record of a dataclass, nested records included.

    Its fields' types must be those of the dataclass. A ``float`` is finite; one that may be None may be any number, or
    "nan", "inf" or "-inf". ``place`` is the data's name in messages. Raises ValueError that names the field which is
    missing, of another type or unknown; where ``tolerant``, unknown ones are passed over: a later version wrote them.
    """
    if not isinstance(data, dict):
        raise ValueError(f"{place or 'it'} is {type(data).__name__} and not an object")
    known = _types(typing.cast("Any", kind))
    fields = {f.name: f for f in dataclasses.fields(typing.cast("Any", kind))}
    if not tolerant and (unknown := [key for key in data if key not in fields]):
        raise ValueError(f"{place or 'it'} has a field {str(unknown[0])[:60]!r} that is not known")
    value = functools.partial(_read_value, tolerant=tolerant)
    given = {name: value(known[name], data[name], f"{place}.{name}".lstrip(".")) for name in fields if name in data}
    needed = (n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING)
    if missing := [name for name in needed if name not in given]:
        raise ValueError(f"{place or 'it'} has no field {missing[0]!r}")
    return kind(**given)


@functools.cache
def _types(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read_value(kind: Any, data: Any, place: str, *, tolerant: bool) -> Any:
    if kind is Any:
        return data
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    value = functools.partial(_read_value, tolerant=tolerant)
    if origin is types.UnionType:
        return None if data is None else _optional(inner[0], data, place, value)
    if origin in (list, tuple, frozenset) and isinstance(data, list):
        return origin(value(inner[0], item, f"{place}[{number}]") for number, item in enumerate(data))
    if origin in (dict, Mapping) and isinstance(data, dict):
        return {key: value(inner[1], item, f"{place}.{key[:60]}") for key, item in data.items()}
    if isinstance(kind, type):
        if dataclasses.is_dataclass(kind):
            read = getattr(kind, "from_json", functools.partial(record, kind, tolerant=tolerant))
            return read(data, place)
        if issubclass(kind, enum.Enum):
            return _converted(kind, data, place)
        fits = isinstance(data, _PLAIN_TYPES[kind]) and (kind is bool or not isinstance(data, bool))
        if fits and (
            kind is not float or -_LARGEST_FLOAT <= data <= _LARGEST_FLOAT
        ):  # not isfinite, which very large ints break
            return data
    raise ValueError(f"{place} is no {getattr(kind, '__name__', kind)}")


def _optional(kind: Any, data: Any, place: str, value: Callable[[Any, Any, str], Any]) -> Any:
    if kind is float and (data in _NOT_FINITE or isinstance(data, float)):
        return float(data)
    return value(kind, data, place)


def _converted(kind: Callable[[Any], Any], data: Any, place: str) -> Any:
    try:
        return kind(data)
    except ValueError as error:
        raise ValueError(f"{place} is {str(data)[:60]!r}, which it may not be") from error
