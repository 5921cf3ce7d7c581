"""Whatever a student returns, a comparator passes it or refuses it with one sentence."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given

from grader import compare
from grader.compare import MismatchError
from grader.value import Tensor, Value
from tests.any_value import VALUES

AXES = ("position", "layer")

FLOATS = Tensor(np.arange(6, dtype="float32").reshape(3, 2), "float32")
IDS = Tensor(np.arange(6).reshape(3, 2), "int64")
ROW = Tensor(np.arange(3)[None], "int64")

COMPARATORS: dict[str, Callable[[Value], object]] = {
    "parts": partial(compare.parts, names=("a", "b")),
    "tensor": partial(compare.tensor, name="x"),
    "number": partial(compare.number, name="x"),
    "shape": partial(compare.shape, expected=(3, 2), axes=AXES, name="x"),
    "dtype": partial(compare.dtype, expected="floating", name="x"),
    "finite": partial(compare.finite, axes=AXES, name="x"),
    "close": partial(compare.close, expected=FLOATS, axes=AXES, name="x"),
    "kl": partial(compare.kl, expected=FLOATS, axes=AXES, name="x"),
    "integers": partial(compare.integers, expected=IDS, axes=AXES, name="x"),
    "argmax": partial(compare.argmax, expected=IDS, margin=FLOATS, axes=AXES, name="x"),
    "probabilities": partial(compare.probabilities, axes=AXES, name="x"),
    "tokens": partial(compare.tokens, expected=ROW),
    "ordered": partial(compare.ordered, expected=[1, "a"], name="x"),
    "unordered": partial(compare.unordered, expected=[1, "a"], name="x"),
}


def refusal(name: str, answer: Value) -> MismatchError | None:
    try:
        COMPARATORS[name](answer)
    except MismatchError as error:
        return error
    return None


@pytest.mark.parametrize("name", COMPARATORS)
@given(answer=VALUES)
def test_every_value_is_accepted_or_refused_with_one_sentence(name: str, answer: Value) -> None:
    """No value makes a comparator raise anything but a mismatch with a short sentence."""
    error = refusal(name, answer)

    assert error is None or (str(error).endswith(".") and len(str(error)) < 400)
    assert error is None or (error.mismatch.expected and error.mismatch.actual)


@pytest.mark.parametrize("name", ["close", "kl", "integers", "argmax", "finite", "probabilities"])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.5, "you returned the number 0.5"),
        (10**20, "you returned the number 100000000000000000000"),
        (10**400, "you returned a whole number of 401 digits"),
        (Tensor(np.array(0.5), "float32"), "you returned a tensor without axes"),
        (Tensor(np.ones((1, 1, 3)), "float64"), "(1, 1, 3)"),
        ([Tensor(np.array(1.0), "float32")], "you returned a list of 1 tensor"),
        ([[1.0, 2.0], [3.0, 4.0]], "you returned a list of 2 lists"),
    ],
)
def test_a_wrong_rank_is_said_as_such(name: str, answer: Value, said: str) -> None:
    """For a number, a list or a wrong number of axes, the sentence says what was returned."""
    with pytest.raises(MismatchError) as caught:
        COMPARATORS[name](answer)

    assert said in str(caught.value)
    assert caught.value.mismatch.kind in ("structure", "shape")


@pytest.mark.parametrize("answer", [10**20, -(10**400)])
def test_a_number_too_large_for_any_right_answer_is_refused(answer: int) -> None:
    """What no array can hold is no number to calculate with."""
    with pytest.raises(MismatchError, match="expected a single number"):
        compare.number(answer, name="loss")


def test_many_axes_cost_no_memory() -> None:
    """Finding the first number that is not finite takes no more memory than the answer."""
    data = np.full((1,) * 29 + (300, 300), np.nan, "float32")
    axes = [f"axis {i}" for i in range(31)]

    tracemalloc.start()
    with pytest.raises(MismatchError, match=r"not finite at all 90000 places, first at \(0, 0, .*\): nan"):
        compare.finite(Tensor(data, "float32"), axes=axes, name="x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2 * data.nbytes


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([str(i) for i in range(3)], "you returned a list of 3 texts"),
        ([[str(i) for i in range(3)]], "you returned a list of 3 texts"),
    ],
)
def test_the_texts_of_tokens_are_no_ids(answer: Value, said: str) -> None:
    """The sentence says that they are texts, the hint how ids are got."""
    with pytest.raises(MismatchError, match=said) as caught:
        compare.tokens(answer, ROW, tokenizer="`encode`")

    assert "`encode`" in caught.value.mismatch.hint
