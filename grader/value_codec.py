"""Encode and decode values as JSON data and raw arrays.

Plain scalars stand for themselves; everything else is a list that begins with its kind: ``["list", ...]``, ``["tuple",
...]``, ``["dict", [key, value]...]``, ``["int", hexadecimal]``, ``["opaque", type name]``, ``["unpacks", type name,
...]`` (an answer as a whole that gives parts as a tuple does) and ``["array", library, original dtype, sent dtype,
shape, index of its buffer]``. Kernels have their own halves, for torch (``kernel/inside/encode.py`` and ``decode.py``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.value import Opaque, Tensor, Unpackable, Value

_MAX_DEPTH = 40
_MAX_BITS = 4096  # Python itself refuses to write much longer numbers
_MAX_DIMENSIONS = 32
_MAX_EMPTY = 1 << 24  # elements, if the axes of length 0 had length 1
_DTYPE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SENT = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()  # noqa: SIM905
)


def encode(value: Value, *, opaque: bool = False) -> tuple[Any, list[memoryview]]:
    """Return a value's JSON data and its arrays.

    Raises TypeError for what is no value, and for what only the name of its type is known of, unless ``opaque``.
    """
    encoder = _ValueEncoder(opaque=opaque)
    return encoder.node(value), encoder.arrays


def decode(structure: Any, arrays: Sequence[bytes | memoryview]) -> Value:
    """Return the value that :func:`encode` or a kernel took apart.

    All of it may be forged: ValueError, TypeError, KeyError or RecursionError for anything that does not fit.
    """
    decoder = _Decoder(arrays)
    value = decoder.value(structure, 0)
    if decoder.arrays:
        raise ValueError("an array that is in no place")
    return value


class _ValueEncoder:
    def __init__(self, *, opaque: bool) -> None:
        self.arrays: list[memoryview] = []
        self._opaque = opaque

    def node(self, value: Value) -> Any:
        """Return a value as JSON data that names arrays by index; raises TypeError."""
        match value:
            case None | bool() | float() | str():
                return value
            case int():
                return value if value.bit_length() <= 53 else ["int", hex(value)]
            case list() | tuple():
                return ["list" if type(value) is list else "tuple", *map(self.node, value)]
            case dict():
                return ["dict", *([_key_text(k), self.node(v)] for k, v in value.items())]
            case Tensor(data=data, dtype=dtype, kind=kind):
                # A view: copies of large answers would add to what an examiner holds.
                self.arrays.append(np.ascontiguousarray(data).reshape(-1).view(np.uint8).data)
                return ["array", kind, dtype, data.dtype.name, list(data.shape), len(self.arrays) - 1]
            case Unpackable(type_name=name, parts=parts) if self._opaque:
                return ["unpacks", name, *map(self.node, parts)]
            case Opaque(type_name=name) if self._opaque:
                return ["opaque", name]
        raise TypeError(
            f"an argument of type {type(value).__name__} cannot be sent to a kernel: "
            "use numbers, text, lists, tuples, dicts or Tensors"
        )


class _Decoder:
    def __init__(self, arrays: Sequence[bytes | memoryview]) -> None:
        self.arrays = dict(enumerate(arrays))

    def value(self, node: Any, depth: int) -> Value:
        """Return the value that JSON data at a depth stands for; raises ValueError."""
        if depth > _MAX_DEPTH:
            raise ValueError("too deep")
        match node:
            case int() if node.bit_length() > _MAX_BITS:
                raise ValueError("too large")
            case None | bool() | int() | float() | str():
                return node
            case ["list", *items]:
                return [self.value(i, depth + 1) for i in items]
            case ["tuple", *items]:
                return tuple(self.value(i, depth + 1) for i in items)
            case ["dict", *pairs]:
                return {_key_text(k): self.value(v, depth + 1) for k, v in pairs}
            case ["int", str(text)] if len(text) < _MAX_BITS // 4 + 10:
                return int(text, 16)
            case ["opaque", str(name)]:
                return Opaque(name[:200])
            case ["unpacks", str(name), *items] if not depth:
                return Unpackable(name[:200], tuple(self.value(i, 1) for i in items))
            case ["array", str(library), str(dtype), str(sent), [*shape], int(index)]:
                return self.array(library, dtype, sent, shape, index)
        raise ValueError("not a value")

    def array(self, library: str, dtype: str, sent: str, shape: list[Any], index: int) -> Tensor:
        """Return the array at an index, of checked type and shape; raises ValueError."""
        if library not in ("torch", "numpy") or sent not in _SENT or not _DTYPE.fullmatch(dtype):
            raise ValueError("not an array")
        if dtype in _SENT and dtype != sent:
            raise ValueError("an array that is sent as another type")
        if len(shape) > _MAX_DIMENSIONS or not all(type(n) is int and 0 <= n < 1 << 62 for n in shape):
            raise ValueError("not a shape")
        data = self.arrays.pop(index)  # each stands in one place: many may not share the bytes of one
        if math.prod(shape) * np.dtype(sent).itemsize != len(data):
            raise ValueError("a shape that does not fit")
        if not data and math.prod(n or 1 for n in shape) > _MAX_EMPTY:
            raise ValueError("a shape whose sums would take more memory than there is")
        if sent == "bool" and data and np.frombuffer(data, np.uint8).max() > 1:
            raise ValueError("not booleans")
        kept = dtype if dtype == "bfloat16" and sent == "float32" and _fits_bfloat16(data) else sent
        return Tensor(np.frombuffer(data, dtype=np.dtype(sent).newbyteorder("<")).reshape(shape), kept, library)


def _fits_bfloat16(data: bytes | memoryview) -> bool:
    """Return whether float32 numbers are all of bfloat16; a wrong claim would buy tolerance."""
    return not np.frombuffer(data, "<u2")[::2].any()


def _key_text(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("a key that is not text")
    return key
