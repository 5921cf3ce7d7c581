"""Encode the arguments of calls and decode returned values, as JSON and raw arrays.

The other halves stand in ``inside/decode.py`` and ``inside/encode.py``; the form is described there. Whatever comes
in is a claim of the student's code: everything is checked before it is used, and anything that does not fit is a
BadAnswer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.errors import BadAnswer, FunctionUnavailable
from grader.kernel.student_faults import raised
from grader.value import Opaque, Tensor, Unpackable, Value

MAX_JSON = 5 << 20
MAX_ARRAYS = 5000
_MAX_PARTS = 200_000  # numbers come in arrays: more single values than this would keep the examiner busy for minutes
_MAX_DEPTH = 40
_MAX_BITS = 4096  # Python itself refuses to write much longer numbers
_MAX_DIMENSIONS = 32
_MAX_EMPTY = 1 << 24  # elements, if the axes of length 0 had length 1
_DTYPE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SENT = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()  # noqa: SIM905
)
_NONSENSE = "What your function returned could not be read."


def encode_call(args: Sequence[Any], kwargs: dict[str, Any]) -> list[bytes]:
    """Return the buffers of a call; raises TypeError for an argument that is none of the kinds that cross."""
    arrays: list[bytes] = []
    structure = [[_node(a, arrays) for a in args], {k: _node(v, arrays) for k, v in kwargs.items()}]
    return [json.dumps(structure).encode(), *arrays]


def decode_reply(buffers: Sequence[bytes], name: str) -> Value:
    """Return the value that a reply holds, or raise the fault that it reports; BadAnswer for anything else."""
    try:
        reply = _structure(buffers)
        if "value" in reply:
            decoder = _Decoder(buffers[1:])
            value = decoder.value(reply["value"], 0)
            if decoder.arrays:
                raise ValueError("an array that is in no place")
            return value
        fault = _fault(reply, name)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise BadAnswer(_NONSENSE) from error
    raise fault


def too_many_parts(text: bytes) -> bool:
    """Return whether JSON text holds more values than are worth reading; costs less than reading them."""
    return sum(map(text.count, (b",", b"[", b"{"))) > _MAX_PARTS


def _structure(buffers: Sequence[bytes]) -> dict[str, Any]:
    text = bytes(buffers[0][: MAX_JSON + 1])
    if len(text) > MAX_JSON:
        raise ValueError("too long")
    if too_many_parts(text):
        raise BadAnswer("Your function returned too many single values to be graded: return tensors, not long lists.")
    reply = json.loads(text)
    if not isinstance(reply, dict) or len(reply) != 1:
        raise ValueError("not a reply")
    return reply


def _fault(reply: dict[str, Any], name: str) -> Exception:
    match reply:
        case {"error": dict(error)}:
            return raised(error)
        case {"missing": ""}:
            return FunctionUnavailable(f"There is no function {name} in your notebook.", "missing")
        case {"missing": str(kind)}:
            return FunctionUnavailable(f"{name} in your notebook is no function but of type {kind[:100]}.", "missing")
        case {"refused": str(reason)}:
            return BadAnswer(f"What your function returned cannot be graded: it is {reason[:200]}.")
    raise ValueError("not a reply")


class _Decoder:
    def __init__(self, arrays: Sequence[bytes]) -> None:
        self.arrays = dict(enumerate(arrays))

    def value(self, node: Any, depth: int) -> Value:
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
            raise ValueError("a shape whose sums would take more room than there is")
        if sent == "bool" and data and np.frombuffer(data, np.uint8).max() > 1:
            raise ValueError("not booleans")
        kept = dtype if dtype == "bfloat16" and sent == "float32" and _fits_bfloat16(data) else sent
        return Tensor(np.frombuffer(data, dtype=np.dtype(sent).newbyteorder("<")).reshape(shape), kept, library)


def _fits_bfloat16(data: bytes) -> bool:
    """Return whether float32 numbers are all of bfloat16: the claim alone would buy them its tolerance."""
    return not np.frombuffer(data, "<u2")[::2].any()


def _key_text(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("a key that is not text")
    return key


def _node(value: Any, arrays: list[bytes]) -> Any:
    match value:
        case None | bool() | float() | str():
            return value
        case int():
            return value if value.bit_length() <= 53 else ["int", hex(value)]
        case list() | tuple():
            return [type(value).__name__ if type(value) is list else "tuple", *(_node(v, arrays) for v in value)]
        case dict():
            return ["dict", *([_key_text(k), _node(v, arrays)] for k, v in value.items())]
        case Tensor(data=data, dtype=dtype, kind=kind):
            arrays.append(data.tobytes())
            return ["array", kind, dtype, data.dtype.name, list(data.shape), len(arrays) - 1]
    raise TypeError(
        f"an argument of type {type(value).__name__} cannot be sent to a kernel: "
        "use numbers, text, lists, tuples, dicts or Tensors"
    )
