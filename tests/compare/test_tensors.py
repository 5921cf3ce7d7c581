"""Comparators of tensors: what passes, and where and how far a wrong answer is off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader import compare
from grader.compare import CLOSE, MismatchError, Tolerance
from grader.errors import CheckError
from grader.value import Tensor, Value, rounded

AXES = ("position", "layer")
EXACT = Tolerance(0, 0)
GRID = arrays("float64", (3, 2), elements=st.floats(0, 30))


def tensor(data: Value, dtype: str = "float32") -> Tensor:
    return Tensor(np.asarray(data, dtype), dtype)


@given(expected=GRID, share=arrays("float64", (3, 2), elements=st.floats(-0.99, 0.99)))
def test_no_answer_within_tolerance_fails(expected: np.ndarray, share: np.ndarray) -> None:
    """An answer off by less than allowed, everywhere, is right."""
    answer = expected + share * CLOSE.allowed(expected)

    compare.kl(tensor(answer, "float64"), tensor(expected, "float64"), axes=AXES, name="kl")


@given(expected=GRID, index=st.integers(0, 5), excess=st.floats(1.01, 1e6), sign=st.sampled_from([-1, 1]))
def test_no_answer_beyond_tolerance_passes(expected: np.ndarray, index: int, excess: float, sign: int) -> None:
    """One element off by more than allowed, up or down, is wrong."""
    answer = expected.copy()
    answer.flat[index] += sign * excess * CLOSE.allowed(expected).flat[index]

    with pytest.raises(MismatchError):
        compare.kl(tensor(answer, "float64"), tensor(expected, "float64"), axes=AXES, name="kl")


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_right_values_in_another_width_are_right(dtype: str) -> None:
    """Rounding to half precision stays within the default tolerance."""
    expected = np.linspace(0, 18, 54).reshape(9, 6)

    compare.kl(tensor(expected, dtype), tensor(expected), axes=AXES, name="kl")


def test_a_bfloat16_is_allowed_its_own_rounding() -> None:
    """257 comes back as 256, and that is as right as it can be.

    The same number in single precision is wrong.
    """
    right, answer = tensor([257.0, 10.22]), np.array([256.0, 10.25], "float32")

    compare.kl(Tensor(answer, "bfloat16"), right, axes=("i",), name="kl")
    with pytest.raises(MismatchError, match="wrong at all 2 places"):
        compare.kl(Tensor(answer, "float32"), right, axes=("i",), name="kl")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_rounding_to_a_coarse_type_excuses_nothing_else(dtype: str) -> None:
    """Numbers that are half a per cent off are so when they are rounded, too."""
    expected = np.linspace(1, 18, 100)
    exact, off = (Tensor(rounded(numbers, dtype), dtype) for numbers in (expected, expected * 1.005))

    compare.kl(exact, tensor(expected), axes=("i",), name="kl")
    with pytest.raises(MismatchError, match=rf"allowed .* with rounding to {dtype}\)\."):
        compare.kl(off, tensor(expected), axes=("i",), name="kl")


@pytest.mark.parametrize(("dtype", "share"), [("bfloat16", "0.4 %"), ("float16", "0.05 %")])
def test_what_a_coarse_type_is_allowed_is_said(dtype: str, share: str) -> None:
    """A remark on the right answer states it."""
    with compare.collecting() as remarks:
        compare.close(Tensor(np.ones(2, "float32"), dtype), tensor([1.0, 1.0]), axes=("i",), name="kl")

    assert remarks[-1] == f"kl: rounding to {dtype} may move a number by {share}, which is allowed for."


def test_the_worst_element_is_placed_and_measured() -> None:
    """The sentence says where, what, how far off, how much is allowed and how many."""
    expected = np.full((9, 6), 2.0)
    answer = expected.copy()
    answer[3, 2] = 1.25
    answer[0, 0] = 2.1

    with pytest.raises(MismatchError) as caught:
        compare.close(tensor(answer), tensor(expected), axes=AXES, name="kl", tolerance=Tolerance(0.01, 0.02))

    assert str(caught.value) == (
        "kl: wrong at 2 of 54 places, most at position 3, layer 2: "
        "expected 2, you returned 1.25 (off by 0.75, allowed 0.05)."
    )
    assert caught.value.mismatch.where == "position 3, layer 2"
    assert caught.value.mismatch.kind == "close"


def test_a_small_difference_is_shown_to_enough_digits() -> None:
    """Two numbers that round alike are not printed alike."""
    with pytest.raises(MismatchError, match=r"expected 123456\.1, you returned 123456\.4"):
        compare.close(
            tensor([123456.4], "float64"), tensor([123456.1], "float64"), axes=("i",), name="x", tolerance=EXACT
        )


def test_a_negative_kl_has_its_own_sentence() -> None:
    """A divergence below zero cannot be right, whatever the reference says."""
    answer = np.ones((2, 3))
    answer[1, 2] = -0.5

    with pytest.raises(
        MismatchError, match=r"kl: negative at 1 of 6 places, lowest at position 1, layer 2: -0\.5"
    ) as caught:
        compare.kl(tensor(answer), tensor(np.ones((2, 3))), axes=AXES, name="kl")

    assert caught.value.mismatch.kind == "kl"


def test_a_kl_below_zero_by_noise_is_right() -> None:
    """Rounding may put a divergence of zero a little below it."""
    compare.kl(tensor([[-1e-7]]), tensor([[0.0]]), axes=AXES, name="kl")


def test_integers_are_compared_exactly_in_any_width() -> None:
    """Ids in int32 equal ids in int64; one off by one is wrong."""
    compare.integers(tensor([[1, 2]], "int32"), tensor([[1, 2]], "int64"), axes=AXES, name="top")

    with pytest.raises(
        MismatchError, match=r"at 1 of 2 places, first at position 0, layer 1: expected 2, you returned 3\."
    ):
        compare.integers(tensor([[1, 3]], "int64"), tensor([[1, 2]], "int64"), axes=AXES, name="top")


def test_large_integers_are_not_rounded() -> None:
    """Two integers that are the same float64 are still different."""
    with pytest.raises(MismatchError):
        compare.integers(tensor([2**60 + 1], "int64"), tensor([2**60], "int64"), axes=("i",), name="ids")


MARGIN = tensor([[1e-5, 2.0]])
TOP = tensor([[7, 8]], "int64")


def test_another_token_at_the_references_own_tie_is_right_with_a_remark() -> None:
    """Where the reference hardly decides, either token is right."""
    with compare.collecting() as remarks:
        compare.argmax(tensor([[5, 8]], "int64"), TOP, MARGIN, axes=AXES, name="top")

    assert remarks == ["top: the other token of a tie at 1 of 2 places. That is fine."]


def test_another_token_away_from_a_tie_is_wrong() -> None:
    """A clear decision of the reference is not a tie."""
    with pytest.raises(MismatchError, match="layer 1: expected 8, you returned 5") as caught:
        compare.argmax(tensor([[7, 5]], "int64"), TOP, MARGIN, axes=AXES, name="top")

    assert caught.value.mismatch.kind == "argmax"


def test_a_third_token_at_a_tie_is_wrong_when_the_second_is_known() -> None:
    """With the reference's second best given, only that one shares the tie."""
    second = tensor([[5, 9]], "int64")

    compare.argmax(tensor([[5, 8]], "int64"), TOP, MARGIN, axes=AXES, name="top", runner_up=second)
    with pytest.raises(MismatchError):
        compare.argmax(tensor([[6, 8]], "int64"), TOP, MARGIN, axes=AXES, name="top", runner_up=second)


def test_probabilities_that_sum_to_one_are_right() -> None:
    """A distribution along the last axis passes."""
    compare.probabilities(tensor([[0.25, 0.75], [1, 0]]), axes=("position", "vocabulary"), name="probs")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([[0.5, 0.5], [0.5, 0.6]], "the sum is 1.1 at position 1"),
        ([[1.5, -0.5], [1, 0]], "1.5 at position 0, vocabulary 0"),
        ([[-3.0, 4.0], [1, 0]], "-3 at position 0, vocabulary 0"),
    ],
)
def test_what_is_not_a_distribution_is_placed(data: list[list[float]], words: str) -> None:
    """Logits and softmaxes over another axis are recognised."""
    with pytest.raises(MismatchError, match=words):
        compare.probabilities(tensor(data), axes=("position", "vocabulary"), name="probs")


IDS = tensor([[50256, 5, 6, 7]], "int64")


@pytest.mark.parametrize(
    "answer",
    [
        tensor([50256, 5, 6, 7], "int64"),
        tensor([[50256, 5, 6, 7]], "int32"),
        [50256, 5, 6, 7],
        (50256, 5, 6, 7),
        [[50256, 5, 6, 7]],
        [tensor(i, "int64") for i in (50256, 5, 6, 7)],
    ],
)
def test_tokens_are_right_in_every_form(answer: Value) -> None:
    """Tensors of shape (1, n) and (n,) and lists are right, with or without a remark."""
    compare.tokens(answer, IDS)


def test_a_flat_list_of_tokens_is_remarked() -> None:
    """Another form than the reference's is told to the student."""
    with compare.collecting() as remarks:
        compare.tokens([50256, 5, 6, 7], IDS)

    assert remarks == [
        "tokens: a list of 4 numbers where the reference returns a tensor of shape (1, 4). That is fine."
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([5, 6, 7], "tokens: expected 4, you returned 3: the first token, .* is missing"),
        ([50256, 50256, 5, 6, 7], "comes twice"),
        ([50256, 5, 6, 8], "first at position 3: expected 7, you returned 8"),
        ([50256, 5], r"you returned 2\.$"),
        ([], r"you returned 0\.$"),
        (["<|endoftext|>", "a"], "expected token ids in a tensor of shape .1, n., you returned a list of 2"),
        (tensor([[50256, 5, 6, 7]]), "floating-point"),
        (tensor([[1, 2], [3, 4]], "int64"), r"expected token ids .* a tensor of shape \(2, 2\)"),
        ([True, False], "expected token ids"),
        ([10**30], "expected token ids"),
        ([[[1]]], "expected token ids"),
        (None, "expected token ids .* None"),
    ],
)
def test_wrong_tokens_are_explained(answer: Value, words: str) -> None:
    """Missing or doubled first tokens, texts for ids, and other numbers each have a sentence."""
    with pytest.raises(MismatchError, match=words):
        compare.tokens(answer, IDS)


def test_counts_of_one_have_no_s() -> None:
    """A single token is "1 token", and a single axis "1 axis"."""
    one = tensor([5], "int64")

    with pytest.raises(MismatchError) as wrong:
        compare.tokens([5, 6], one)
    with pytest.raises(CheckError, match="has 1 axis, and `axes` names 2"):
        compare.integers(one, one, axes=("position", "layer"), name="ids")
    assert wrong.value.mismatch.expected == "1 token"


def test_remarks_without_a_collector_are_dropped() -> None:
    """A comparator may be called outside a grading run."""
    compare.remark("nobody listens")
    with compare.collecting() as remarks:
        pass

    assert remarks == []


WORDS = ["<|endoftext|>", " Bob", " to"]


def test_an_id_beyond_all_ids_is_wrong_like_any_other() -> None:
    """It would not fit the array that ids are compared in."""
    beyond = Tensor(np.array(2**64 - 1, "uint64"), "uint64")

    with pytest.raises(MismatchError, match="token ids in a tensor"):
        compare.tokens([beyond], IDS)


def test_tokens_are_shown_as_words_where_they_are_known() -> None:
    """Text and id; an id that is no token's stays a number."""
    with pytest.raises(MismatchError, match=r"expected ' Bob' \(1\), you returned ' to' \(2\)\."):
        compare.tokens(tensor([[0, 2]], "int64"), tensor([[0, 1]], "int64"), vocabulary=WORDS)
    with pytest.raises(MismatchError, match=r"expected ' Bob' \(1\), you returned -7\."):
        compare.argmax(
            tensor([-7], "int64"),
            tensor([1], "int64"),
            tensor([1.0]),
            axes=("i",),
            name="best tokens",
            vocabulary=WORDS,
        )


def test_a_difference_is_there_as_data() -> None:
    """A mismatch holds the first and worst places, how far off, and how many are wrong."""
    expected = np.full((9, 6), 2.0)
    answer = expected.copy()
    answer[3, 4], answer[0, 5], answer[7, 4] = 2.25, 3.0, 2.5

    with pytest.raises(MismatchError) as caught:
        compare.kl(tensor(answer), tensor(expected), axes=AXES, name="kl", tolerance=Tolerance(0.125, 0))

    found = caught.value.mismatch
    assert (found.first, found.worst) == ({"position": 3, "layer": 4}, {"position": 0, "layer": 5})
    assert (found.off, found.allowed, found.wrong, found.total) == (1.0, 0.125, 3, 54)


def test_what_cannot_be_said_as_a_number_is_absent_from_the_data() -> None:
    """JSON has no infinity."""
    with pytest.raises(MismatchError) as caught:
        compare.close(tensor([1e308], "float64"), tensor([-1e308], "float64"), axes=("i",), name="x")

    assert caught.value.mismatch.off is None
    assert caught.value.mismatch.wrong == 1
