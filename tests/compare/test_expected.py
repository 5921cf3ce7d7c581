"""A wrong argument of a check's author is a CheckError, whatever the student returned."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import compare
from grader.errors import CheckError
from grader.value import Opaque, Tensor, Value

from .test_any_value import VALUES

FLOATS, IDS = Tensor(np.ones((3, 2)), "float64"), Tensor(np.ones((3, 2), "int64"), "int64")
NAN = Tensor(np.array([[1.0, np.nan]] * 3), "float64")
AXES = ("position", "layer")

compared = partial(partial, axes=AXES, name="x")

NO_TENSORS = [None, np.ones((3, 2)), [[1.0, 2.0]] * 3, "text", Opaque("Tensor"), 10**400, (FLOATS,)]
WRONG: dict[str, Callable[[Value], object]] = {
    **{f"close to {v!r}"[:60]: compared(compare.close, expected=v) for v in NO_TENSORS},
    **{f"kl to {v!r}"[:60]: compared(compare.kl, expected=v) for v in NO_TENSORS},
    **{f"integers {v!r}"[:60]: compared(compare.integers, expected=v) for v in NO_TENSORS},
    **{f"argmax {v!r}"[:60]: compared(compare.argmax, expected=v, margin=FLOATS) for v in NO_TENSORS},
    **{f"margin {v!r}"[:60]: compared(compare.argmax, expected=IDS, margin=v) for v in NO_TENSORS},
    **{f"tokens {v!r}"[:60]: partial(compare.tokens, expected=v) for v in NO_TENSORS},
    **{f"ordered {v!r}"[:60]: partial(compare.ordered, expected=v, name="x") for v in (None, "text", 1, [None], IDS)},
    **{f"unordered {v!r}"[:60]: partial(compare.unordered, expected=v, name="x") for v in (None, "text", [1.5], NAN)},
    "close to NaN": compared(compare.close, expected=NAN),
    "kl to NaN": compared(compare.kl, expected=NAN),
    "another rank": compared(compare.close, expected=Tensor(np.ones(3), "float64")),
    "too few axes": partial(compare.close, expected=FLOATS, axes=("i",), name="x"),
    "a complex tensor": compared(compare.close, expected=Tensor(np.ones((3, 2), "complex64"), "complex64")),
    "integers that are none": compared(compare.integers, expected=FLOATS),
    "best tokens that are no ids": compared(compare.argmax, expected=FLOATS, margin=FLOATS),
    "margins of another shape": compared(compare.argmax, expected=IDS, margin=Tensor(np.ones((3, 1)), "float64")),
    "margins that are NaN": compared(compare.argmax, expected=IDS, margin=NAN),
    "another second": compared(compare.argmax, expected=IDS, margin=FLOATS, runner_up=FLOATS),
    "a tie below zero": compared(compare.argmax, expected=IDS, margin=FLOATS, tie=-1),
    "a tie that is no number": compared(compare.argmax, expected=IDS, margin=FLOATS, tie=None),
    "a tolerance that is NaN": compared(compare.probabilities, tolerance=np.nan),
    "tokens in a square": partial(compare.tokens, expected=IDS),
    "tokens that are no ids": partial(compare.tokens, expected=Tensor(np.ones(3), "float64")),
    "a shape of another rank": partial(compare.shape, expected=(3, 2), axes=("i",), name="x"),
    "a kind that is none": partial(compare.dtype, expected="float32", name="x"),
}


@settings(max_examples=20)
@pytest.mark.parametrize("wrong", WRONG)
@given(answer=VALUES | st.sampled_from([FLOATS, IDS]))
def test_no_answer_is_blamed_for_an_authors_mistake(wrong: str, answer: Value) -> None:
    """Neither a right nor a wrong answer, nor nothing at all."""
    with pytest.raises(CheckError):
        WRONG[wrong](answer)


@pytest.mark.parametrize("numbers", [(-1, 0), (0, np.nan), (np.inf, 0), (None, 0), ("1", 0), (True, 0)])
def test_a_tolerance_is_two_numbers(numbers: tuple[Any, Any]) -> None:
    """One that is none would let everything pass, or nothing."""
    with pytest.raises(CheckError, match=r"Tolerance: `(absolute|relative)` must be a number from 0"):
        compare.Tolerance(*numbers)


def test_it_is_said_what_is_wrong_with_what_is_expected() -> None:
    """To the author, not to the student."""
    with pytest.raises(
        CheckError, match=r"`expected` must be a tensor as the reference gives it, not an object of .*ndarray"
    ):
        compare.close(FLOATS, FLOATS.data, axes=AXES, name="x")
