"""Validate what a check's author gives to a comparator, before the answer is compared.

A fault in it raises CheckError, because no student's answer is wrong by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import numpy as np

from grader.compare.formatting import describe, plain_shape
from grader.errors import CheckError
from grader.value import Tensor, Value

LARGEST = 2**63 - 1
"""The greatest whole number that an array of numbers holds."""

KINDS = ("floating", "integer", "bool")


def expected_tensor(
    value: Value,
    argument: str,
    *,
    name: str,
    axes: Sequence[str] | None = None,
    kind: str = "",
    like: Sequence[int] | None = None,
) -> Tensor:
    """Return an author's ``argument`` as a tensor.

    Raises CheckError unless it has these axes, holds numbers of this kind, none of them NaN or infinite, and is of the
    shape ``like``.
    """
    match value:
        case Tensor():
            found = value
        case bool() | int() | float() if abs(value) <= LARGEST:
            data = np.asarray(value)
            found = Tensor(data, data.dtype.name, kind="python")
        case _:
            raise CheckError(f"{name}: `{argument}` must be a tensor as the reference gives it, not {describe(value)}.")
    if axes is not None and len(axes) != len(found.shape):
        raise CheckError(f"{name}: `{argument}` has {len(found.shape)} axes, and `axes` names {len(axes)}.")
    if element_class(found) not in ((kind,) if kind else KINDS):
        raise CheckError(f"{name}: `{argument}` must be of {kind or 'real'} numbers, not of {found.dtype}.")
    if like is not None and found.shape != tuple(like):
        shapes = f"has the shape {plain_shape(found.shape)}, and what is expected {plain_shape(like)}"
        raise CheckError(f"{name}: `{argument}` {shapes}.")
    if not np.isfinite(found.data).all():
        raise CheckError(f"{name}: `{argument}` holds numbers that are not finite.")
    return found


def check_limit(value: object, argument: str, *, name: str) -> None:
    """Raise CheckError unless an author's ``argument`` can be the most that is allowed."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < 0:
        raise CheckError(f"{name}: `{argument}` must be a number from 0, not {value!r}.")


def element_class(value: Tensor) -> str:
    """Return ``floating``, ``integer`` or ``bool``; for anything else the type's name."""
    if value.is_floating:
        return "floating"
    if value.is_integer:
        return "integer"
    return value.data.dtype.name
