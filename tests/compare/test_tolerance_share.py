"""The share of a tolerance that right and wrong answers use can be measured."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from grader import compare
from grader.compare import MismatchError, Tolerance
from grader.value import Tensor


def tensor(*numbers: float, dtype: str = "float64") -> Tensor:
    return Tensor(np.asarray(numbers, dtype), dtype)


def test_the_worst_share_of_each_part_is_kept() -> None:
    """Of all comparisons of a part the worst counts, whether it passes or not."""
    allowed = Tolerance(absolute=0.5, relative=0.0)

    with compare.measuring() as shares:
        compare.close(tensor(1.0, 2.25), tensor(1.0, 2.0), axes=("i",), name="a", tolerance=allowed)
        compare.close(tensor(1.0), tensor(1.0), axes=("i",), name="a", tolerance=allowed)
        with contextlib.suppress(MismatchError):
            compare.close(tensor(3.0), tensor(1.0), axes=("i",), name="b", tolerance=allowed)

    assert shares == {"a": 0.5, "b": 4.0}


@pytest.mark.parametrize(("id", "share"), [(1, 0.0), (2, 0.5), (3, np.inf)])
def test_another_best_token_uses_what_the_lead_is_of_a_tie(id: int, share: float) -> None:
    """The right one uses nothing, the runner-up its distance, and a third can never be right."""
    answer, right, second = tensor(id, dtype="int64"), tensor(1, dtype="int64"), tensor(2, dtype="int64")

    with compare.measuring() as shares, contextlib.suppress(MismatchError):
        compare.argmax(answer, right, tensor(0.05), axes=("i",), name="top", runner_up=second, tie=0.1)

    assert shares["top"] == share


def test_a_number_that_must_be_exact_is_right_or_beyond_all_bounds() -> None:
    """Where nothing is allowed, no share of it can be used."""
    exact = Tolerance(absolute=0.0, relative=0.0)

    with compare.measuring() as shares, contextlib.suppress(MismatchError):
        compare.close(tensor(1.0), tensor(1.0), axes=("i",), name="right", tolerance=exact)
        compare.close(tensor(1.5), tensor(1.0), axes=("i",), name="wrong", tolerance=exact)

    assert shares == {"right": 0.0, "wrong": np.inf}
