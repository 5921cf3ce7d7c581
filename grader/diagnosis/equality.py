"""When two values are the same but for noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.value import Tensor, Value

Array = npt.NDArray[Any]

# Noise is relative to the size of the numbers: a mistake may have made all of them tiny.
ABSOLUTE, RELATIVE = 1e-4, 2e-3

SLACK = 0.01
"""The share of whole numbers that may differ between a mistake and its variant: ties may fall either way."""


def same(a: Value, b: Value, slack: float = 0.0) -> bool:
    """Return whether two values are equal but for noise; token ids may be flat, a batch of one or a list."""
    if _lengths_differ(a, b) or _lengths_differ(b, a):  # before a long list is looked through
        return False
    x, y = array(a), array(b)
    if x is None or y is None:
        return type(a) is type(b) and not isinstance(a, Tensor | list | tuple | dict) and bool(a == b)
    if x.dtype.kind == y.dtype.kind == "i" and x.size in x.shape[-1:] and y.size in y.shape[-1:]:
        return close(x.reshape(-1), y.reshape(-1))
    return close(x, y, slack)


def _lengths_differ(a: Value, b: Value) -> bool:
    return isinstance(a, list | tuple) and isinstance(b, Tensor) and len(a) != b.data.size


def close(x: Array, y: Array, slack: float = 0.0) -> bool:
    """Return whether two arrays of the same shape and class are equal but for noise; nothing is broadcast."""
    if x.shape != y.shape or (x.dtype.kind == "f") != (y.dtype.kind == "f") or "c" in (x.dtype.kind, y.dtype.kind):
        return False
    if x.dtype.kind != "f":
        return int(np.count_nonzero(x != y)) <= slack * x.size
    x, y = x.astype(np.float64), y.astype(np.float64)
    scale = float(np.abs(y[np.isfinite(y)]).max(initial=0.0))
    return bool(np.allclose(x, y, rtol=RELATIVE, atol=ABSOLUTE * scale, equal_nan=True))


def array(value: Value) -> Array | None:
    """Return a tensor, a number or a flat list of whole numbers as an array; None for anything else."""
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
