"""Differences of values, element by element, for verdicts, diagnoses and validation."""

from __future__ import annotations

import numpy as np

from grader.value import Array, Tensor, Value

Parts = tuple[Value, ...]


def returned_parts(answer: Value, expected: Value) -> tuple[Parts, Parts]:
    """Return the parts of an answer and of the expected one; a list may stand for a tuple."""
    listed = isinstance(answer, list) and isinstance(expected, tuple)
    return tuple(answer) if listed else parts_of(answer), parts_of(expected)


def parts_of(value: Value) -> Parts:
    """Return the parts of a tuple; any other value is its own only part."""
    return value if isinstance(value, tuple) else (value,)


def as_array(value: Value) -> Array | None:
    """Return a tensor, number or flat list of whole numbers as an array; else None."""
    match value:
        case Tensor():
            return value.data
        case bool() | int() | float():
            found = np.asarray(value)
        case [*items] if items and all(type(i) is int for i in items):
            found = np.asarray(items)
        case _:
            return None
    return found if found.dtype.kind in "bif" else None


def comparable(actual: Array, expected: Array) -> bool:
    """Return whether two arrays have one shape and are both floating-point, or both not."""
    kinds = (actual.dtype.kind, expected.dtype.kind)
    return actual.shape == expected.shape and (kinds[0] == "f") == (kinds[1] == "f") and "c" not in kinds


def differences(actual: Array, expected: Array) -> Array:
    """Return how far each element of comparable arrays is off, in float64.

    Whole numbers and booleans are 1 off where they differ. Two NaN, or two infinities of one sign, are 0 off; anything
    else that is not finite, and a difference too great for float64, is infinitely far off.
    """
    if actual.dtype.kind != "f":
        return np.not_equal(actual, expected).astype(np.float64)
    a, e = actual.astype(np.float64), expected.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.where((a == e) | (np.isnan(a) & np.isnan(e)), 0.0, np.abs(a - e))
    return np.where(np.isnan(off), np.inf, off)


def greatest(numbers: Array) -> float:
    """Return the greatest absolute value of an array's finite numbers; 0 where none is."""
    return float(np.abs(numbers[np.isfinite(numbers)].astype(np.float64)).max(initial=0.0))
