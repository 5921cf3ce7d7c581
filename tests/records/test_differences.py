"""How far values are apart, element by element."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.differences import as_array, comparable, differences, greatest, returned_parts
from grader.value import Tensor, Value


@pytest.mark.parametrize(
    ("actual", "expected", "off"),
    [
        ([1.0, 2.5], [1.0, 2.0], [0.0, 0.5]),
        ([math.nan, math.inf, -math.inf], [math.nan, math.inf, -math.inf], [0.0, 0.0, 0.0]),
        ([math.nan, 1.0, math.inf], [1.0, math.nan, -math.inf], [math.inf, math.inf, math.inf]),
        ([1e308], [-1e308], [math.inf]),
        ([3, 4], [3, 9], [0.0, 1.0]),
        ([True, False], [True, True], [0.0, 1.0]),
    ],
)
def test_each_element_has_its_own_difference(actual: list[float], expected: list[float], off: list[float]) -> None:
    """Numbers differ by distance, whole numbers and booleans by 1, NaN by 0 from NaN alone."""
    assert differences(np.asarray(actual), np.asarray(expected)).tolist() == off


@pytest.mark.parametrize(
    ("actual", "expected", "can"),
    [
        (np.zeros(2, "float16"), np.zeros(2, "float64"), True),
        (np.zeros(2, "int32"), np.zeros(2, "bool"), True),
        (np.zeros(2), np.zeros(2, "int64"), False),
        (np.zeros((1, 2)), np.zeros(2), False),
        (np.zeros(2, "complex64"), np.zeros(2, "int64"), False),
    ],
)
def test_only_one_shape_and_class_can_be_compared(actual: Value, expected: Value, can: bool) -> None:
    """Nothing is broadcast, and a whole number of any width is no floating-point number."""
    assert comparable(actual, expected) is can


def test_the_greatest_number_is_a_finite_one() -> None:
    """Infinities and NaN say nothing about the size of the other numbers."""
    assert greatest(np.asarray([1.0, -3.0, math.inf, math.nan])) == 3.0
    assert greatest(np.asarray([math.nan])) == 0.0


@pytest.mark.parametrize("value", [None, "1", [], [1.5], [True], {"a": 1}, 2**80, [2**80]])
def test_what_is_no_array_of_numbers_is_none(value: Value) -> None:
    """Numbers too large for an array are left to Python."""
    assert as_array(value) is None


def test_a_list_stands_for_an_expected_tuple_alone() -> None:
    """A list where a list is expected is one part."""
    number = Tensor(np.asarray(1.0), "float64")

    assert returned_parts([number, 2], (number, 2)) == ((number, 2), (number, 2))
    assert returned_parts([1], [1]) == (([1],), ([1],))
