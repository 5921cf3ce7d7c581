"""Mistakes of arrangement: right numbers in another order, axis, type or container."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from grader.diagnosis.equality import SLACK, arrays_nearly_equal, nearly_equal
from grader.differences import as_array
from grader.value import Array, Tensor, Value

MOST_AXES = 6


def find_arrangement(given: Sequence[Value], expected: Sequence[Value], wrong: Sequence[int]) -> str | None:
    """Return the arrangement in which ``given`` holds the ``wrong`` parts of ``expected``.

    None where it does not hold them, "" where it holds them as they are.
    """
    if given == (None,):
        return "returns_nothing"
    if len(given) < len(expected):
        return "parts_missing" if given and _is_subsequence(given, expected) else None
    if len(given) != len(expected):
        return None
    found = {_arrangement_of_part(given[i], expected[i]) for i in wrong if i < len(given)}
    if None not in found and len(found - {""}) < 2:
        return max(found, key=str, default="")
    return "parts_in_another_order" if _permuted(given, expected) else None


def _is_subsequence(given: Sequence[Value], expected: Sequence[Value]) -> bool:
    left = iter(expected)
    return all(any(nearly_equal(g, w, SLACK) for w in left) for g in given)


def _permuted(given: Sequence[Value], expected: Sequence[Value]) -> bool:
    orders = itertools.permutations(range(len(expected))) if 1 < len(expected) <= 4 else ()
    return any(all(nearly_equal(given[i], expected[j], SLACK) for i, j in enumerate(order)) for order in orders)


def _arrangement_of_part(given: Value, expected: Value) -> str | None:
    if nearly_equal(given, expected, SLACK):
        return ""
    e = as_array(expected)
    if e is None or e.ndim > MOST_AXES:
        return None
    if isinstance(given, list | tuple):
        return _arrangement_of_list(given, e)
    a = as_array(given)
    if a is None or a.ndim > 2 * MOST_AXES:
        return None
    if a.ndim == e.ndim and any(
        arrays_nearly_equal(a.transpose(o), e, SLACK) for o in itertools.permutations(range(a.ndim))
    ):
        return "axes_in_another_order"
    if a.ndim > e.ndim and arrays_nearly_equal(a.squeeze(), e.squeeze(), SLACK):
        return "extra_axis"
    if a.shape == e.shape and {a.dtype.kind, e.dtype.kind} == {"i", "f"} and bool((a == e).all()):
        return "other_type"
    return None


def _arrangement_of_list(given: Value, expected: Array) -> str | None:
    shape = _shape(given, expected.shape)
    if shape is None or sorted(shape) != sorted(expected.shape):
        return None
    joined = _stacked(given)
    if joined.dtype.kind in "bif" and any(
        arrays_nearly_equal(np.moveaxis(joined, 0, d), expected) for d in range(expected.ndim)
    ):
        return "list_for_tensor" if _holds_tensors(given) else "nested_lists"
    return None


def _shape(value: Value, lengths: Sequence[int]) -> tuple[int, ...] | None:
    """Return the shape that nested lists would have as one array; None where there is none.

    Each of its lengths must be one of ``lengths``. Nothing is joined for that, since a list may hold one large array
    many times; and a list of another length is not looked through.
    """
    match value:
        case Tensor():
            return value.shape
        case bool() | int() | float():
            return ()
        case list() | tuple() if len(value) in lengths:
            left = list(lengths)
            left.remove(len(value))
            shapes = {_shape(item, left) for item in value}
            shape = shapes.pop() if len(shapes) == 1 else None
            return None if shape is None else (len(value), *shape)
    return None


def _stacked(value: Value) -> Array:
    match value:
        case Tensor():
            return value.data
        case [*items]:
            return np.stack([_stacked(i) for i in items])
    return np.asarray(value)


def _holds_tensors(value: Value) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, list | tuple) and _holds_tensors(value[0]))
