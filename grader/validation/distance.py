"""How far apart two answers are, part by part: zero for the same, infinity where they cannot be compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.value import Tensor, Value

Distance = tuple[float, ...]


def distance(answer: Value, expected: Value) -> Distance:
    """Return how far each part of ``answer`` is from that of ``expected``; one infinity for another number of parts.

    For floating-point numbers it is the greatest difference as a share of the greatest number expected, for integers
    the share of elements that differ.
    """
    listed = isinstance(answer, list) and isinstance(expected, tuple)  # as good as a tuple
    given, wanted = tuple(answer) if listed else _parts(answer), _parts(expected)
    if len(given) != len(wanted):
        return (math.inf,)
    return tuple(_apart(a, e) for a, e in zip(given, wanted, strict=True))


def _parts(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _apart(answer: Value, expected: Value) -> float:
    a, e = _array(answer), _array(expected)
    if a is None or e is None:
        return _apart_as_data(answer, expected)
    if a.shape != e.shape or (a.dtype.kind == "f") != (e.dtype.kind == "f"):
        return math.inf
    if not e.size:
        return 0.0
    if e.dtype.kind != "f":
        return float(np.mean(a != e))
    a, e = a.astype(np.float64), e.astype(np.float64)
    with np.errstate(invalid="ignore"):  # an infinity less itself
        off = np.where(np.isnan(a) & np.isnan(e) | (a == e), 0.0, np.abs(a - e))
    scale = float(np.abs(e[np.isfinite(e)]).max(initial=0.0)) or 1.0
    return float(np.nan_to_num(off, nan=math.inf).max()) / scale


def _apart_as_data(answer: Value, expected: Value) -> float:
    if isinstance(answer, list | tuple) and type(answer) is type(expected) and len(answer) == len(expected):
        return max((_apart(a, e) for a, e in zip(answer, expected, strict=True)), default=0.0)
    same = type(answer) is type(expected) and not isinstance(answer, Tensor) and bool(answer == expected)
    return 0.0 if same else math.inf


def _array(value: Value) -> npt.NDArray[Any] | None:
    match value:
        case Tensor():
            return value.data
        case bool() | int() | float():
            return np.asarray(value)
        case [*items] if items and all(isinstance(i, int | float) for i in items):
            return np.asarray(items)
    return None
