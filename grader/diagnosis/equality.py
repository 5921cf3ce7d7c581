"""Whether two values are equal but for noise: less strict than a verdict's tolerance."""

from __future__ import annotations

import numpy as np

from grader.differences import as_array, comparable, differences, greatest
from grader.value import Array, Tensor, Value

# Noise is relative to the size of the numbers: a mistake may have made all of them tiny.
ABSOLUTE, RELATIVE = 1e-4, 2e-3

SLACK = 0.01
"""The share of whole numbers that may differ from a variant's: ties fall either way."""


def nearly_equal(a: Value, b: Value, slack: float = 0.0) -> bool:
    """Return whether two values are equal but for noise.

    Whole numbers may be flat, a batch of one or a list."""
    if _lengths_differ(a, b) or _lengths_differ(b, a):  # before a long list is looked through
        return False
    x, y = as_array(a), as_array(b)
    if x is None or y is None:
        return type(a) is type(b) and not isinstance(a, Tensor | list | tuple | dict) and bool(a == b)
    if x.dtype.kind == y.dtype.kind == "i" and x.size in x.shape[-1:] and y.size in y.shape[-1:]:
        return arrays_nearly_equal(x.reshape(-1), y.reshape(-1))
    return arrays_nearly_equal(x, y, slack)


def _lengths_differ(a: Value, b: Value) -> bool:
    return isinstance(a, list | tuple) and isinstance(b, Tensor) and len(a) != b.data.size


def arrays_nearly_equal(x: Array, y: Array, slack: float = 0.0) -> bool:
    """Return whether two arrays have the same shape and class and are equal but for noise."""
    if not comparable(x, y):
        return False
    off = differences(x, y)
    if x.dtype.kind != "f":
        return int(np.count_nonzero(off)) <= slack * x.size
    allowed = ABSOLUTE * greatest(y) + RELATIVE * np.abs(y.astype(np.float64))
    return bool(((off == 0) | (np.isfinite(off) & (off <= allowed))).all())
