"""The distance of two answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.validation.distance import distance
from grader.value import Tensor, Value

NAN = math.nan


def tensor(*numbers: float, dtype: str = "float64") -> Tensor:
    return Tensor(np.asarray(numbers, dtype), dtype)


@pytest.mark.parametrize(
    ("answer", "expected", "apart"),
    [
        (tensor(1.0, 9.0), tensor(1.0, 10.0), (0.1,)),
        (tensor(1.0, 9.0, dtype="float32"), tensor(1.0, 10.0), (0.1,)),
        (tensor(1, 2, 3, 4, dtype="int32"), tensor(1, 2, 0, 0, dtype="int64"), (0.5,)),
        ((tensor(1.0), 2), (tensor(1.0), 3), (0.0, 1.0)),
        ([tensor(1.0), 2], (tensor(1.0), 2), (0.0, 0.0)),
        ([tensor(1.0), "a"], [tensor(1.0), "a"], (0.0,)),
        (tensor(NAN, 1.0), tensor(NAN, 1.0), (0.0,)),
        (tensor(math.inf), tensor(math.inf), (0.0,)),
        (None, None, (0.0,)),
    ],
)
def test_what_can_be_compared_has_a_distance(answer: Value, expected: Value, apart: tuple[float, ...]) -> None:
    """A share of the greatest number or of the elements, for any dtype and sequence type."""
    assert distance(answer, expected) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (tensor(1.0), tensor(1.0, 2.0)),
        (tensor(1.0), tensor(1, dtype="int64")),
        (tensor(NAN), tensor(1.0)),
        ((tensor(1.0), 2), tensor(1.0)),
        ([tensor(1.0)], tensor(1.0)),
        (None, tensor(1.0)),
        ("a", "b"),
    ],
)
def test_what_cannot_be_compared_is_infinitely_far_apart(answer: Value, expected: Value) -> None:
    """Another shape, another kind of number, another number of parts, NaN against a number."""
    assert max(distance(answer, expected)) == math.inf
