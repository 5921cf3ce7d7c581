"""The distance of two answers, part by part: 0 if equal, infinity if not comparable."""

from __future__ import annotations

import math

from grader.differences import as_array, comparable, differences, greatest, returned_parts
from grader.value import Tensor, Value

Distance = tuple[float, ...]


def distance(answer: Value, expected: Value) -> Distance:
    """Return the distance of each part; one infinity where the numbers of parts differ.

    For floating-point numbers it is the greatest difference as a share of the greatest number expected, for integers
    the share of elements that differ.
    """
    given, right = returned_parts(answer, expected)
    if len(given) != len(right):
        return (math.inf,)
    return tuple(_part_distance(a, e) for a, e in zip(given, right, strict=True))


def _part_distance(answer: Value, expected: Value) -> float:
    a, e = as_array(answer), as_array(expected)
    if a is None or e is None:
        return _data_distance(answer, expected)
    if not comparable(a, e):
        return math.inf
    if not e.size:
        return 0.0
    off = differences(a, e)
    return float(off.max()) / (greatest(e) or 1.0) if e.dtype.kind == "f" else float(off.mean())


def _data_distance(answer: Value, expected: Value) -> float:
    if isinstance(answer, list | tuple) and type(answer) is type(expected) and len(answer) == len(expected):
        return max((_part_distance(a, e) for a, e in zip(answer, expected, strict=True)), default=0.0)
    same = type(answer) is type(expected) and not isinstance(answer, Tensor) and bool(answer == expected)
    return 0.0 if same else math.inf
