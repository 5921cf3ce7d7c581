"""Validate what a check's author gives to a comparator, before the answer is compared.

A fault in it raises CheckError, because no student's answer is wrong by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import numpy as np

from grader.compare import messages
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
            raise CheckError(messages.must_be(name, argument, messages.REFERENCES_TENSOR, describe(value)))
    if axes is not None and len(axes) != len(found.shape):
        raise CheckError(messages.axes_without_names(name, argument, len(found.shape), len(axes)))
    if element_class(found) not in ((kind,) if kind else KINDS):
        raise CheckError(messages.must_be(name, argument, f"of {kind or 'real'} numbers", f"of {found.dtype}"))
    if like is not None and found.shape != tuple(like):
        raise CheckError(messages.unlike_expected(name, argument, plain_shape(found.shape), plain_shape(like)))
    if not np.isfinite(found.data).all():
        raise CheckError(messages.holds_not_finite(name, argument))
    return found


def check_limit(value: object, argument: str, *, name: str) -> None:
    """Raise CheckError unless an author's ``argument`` can be the most that is allowed."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < 0:
        raise CheckError(messages.must_be(name, argument, "a number from 0", repr(value)))


def element_class(value: Tensor) -> str:
    """Return ``floating``, ``integer`` or ``bool``; for anything else the type's name."""
    if value.is_floating:
        return "floating"
    if value.is_integer:
        return "integer"
    return value.data.dtype.name
