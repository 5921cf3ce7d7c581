"""Lists of things: which they are, how often, and in which order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import compare
from grader.compare import MismatchError
from grader.value import Tensor, Value

ITEMS = st.lists(st.sampled_from([0, 1, 2, True, "1", "a", "b"]), max_size=5)


def refusal(comparator: Value, answer: Value, expected: Value) -> str:
    """Return what a comparator says against an answer; empty when it passes."""
    try:
        comparator(answer, expected, name="heads")
    except MismatchError as error:
        return str(error)
    return ""


@given(answer=ITEMS, expected=ITEMS)
def test_ordered_lists_pass_when_every_item_is_the_same_and_only_then(
    answer: list[Value], expected: list[Value]
) -> None:
    """One is not True, and neither is the text '1'."""
    same = [(type(a), a) for a in answer] == [(type(e), e) for e in expected]

    assert (refusal(compare.ordered, answer, expected) == "") is same


@given(answer=ITEMS, expected=ITEMS, data=st.data())
def test_sets_pass_when_they_hold_the_same_as_often_and_only_then(
    answer: list[Value], expected: list[Value], data: st.DataObject
) -> None:
    """Whatever the order."""
    same = sorted(map(repr, answer)) == sorted(map(repr, expected))

    assert (refusal(compare.unordered, answer, expected) == "") is same
    assert refusal(compare.unordered, data.draw(st.permutations(expected)), expected) == ""


@pytest.mark.parametrize("answer", [[3, 1], (3, 1), Tensor(np.array([3, 1]), "int64")])
def test_a_list_is_a_list_in_any_wrapping(answer: Value) -> None:
    """A tuple and a tensor with one axis hold the same items."""
    assert refusal(compare.ordered, answer, [3, 1]) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            ["b", "a", "c"],
            "the items are right, but in another order, first at item 0: expected 'a', you returned 'b'.",
        ),
        (["a", "c"], "'b' missing."),
        (["a", "b", "c", "x", "x"], "'x', 'x' not asked for."),
        (["a", "z", "c"], "'b' missing, 'z' not asked for."),
        ([], "'a', 'b', 'c' missing."),
        ([[1]], "expected a list of texts, whole numbers or booleans, you returned a list of 1 list."),
        (None, "expected a list of texts, whole numbers or booleans, you returned None."),
    ],
)
def test_what_is_wrong_with_a_list_is_said(answer: Value, said: str) -> None:
    """Another order, missing items, items too many, no list at all."""
    assert refusal(compare.ordered, answer, ["a", "b", "c"]) == f"heads: {said}"


def test_one_item_is_an_item() -> None:
    """What was expected and returned is counted in correct English."""
    with pytest.raises(MismatchError) as caught:
        compare.unordered(["a"], ["b", "c"], name="heads")

    assert caught.value.mismatch.expected == "2 items"
    assert caught.value.mismatch.actual.startswith("1 item (")


def test_many_and_long_items_are_cut() -> None:
    """A sentence stays one."""
    assert refusal(compare.unordered, ["x" * 999] * 50, []).endswith("x... and 47 more not asked for.")
