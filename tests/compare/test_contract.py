"""The strict contract: structure, shape with named axes, dtype class, finiteness."""

from __future__ import annotations

import numpy as np
import pytest

from grader import compare
from grader.compare import MismatchError
from grader.value import Opaque, Tensor, Unpackable, Value

AXES = ("position", "layer")


def floats(*shape: int, dtype: str = "float32") -> Tensor:
    return Tensor(np.arange(np.prod(shape), dtype=dtype).reshape(shape), dtype)


def test_parts_returns_the_parts_of_a_tuple() -> None:
    """A tuple of the right length is taken apart."""
    assert compare.parts((1, 2), ("a", "b")) == (1, 2)


def test_a_list_of_the_right_length_is_right_with_a_remark() -> None:
    """A list where a tuple is asked passes, and says so."""
    with compare.collecting() as remarks:
        compare.parts([1, 2], ("a", "b"))

    assert remarks == ["You returned a list; a tuple is asked. That is fine."]


def test_an_object_that_unpacks_is_right_with_a_remark() -> None:
    """What unpacks like the tuple asked for is right; the remark names its type."""
    with compare.collecting() as remarks:
        assert compare.parts(Unpackable("Lens", (1, 2)), ("a", "b")) == (1, 2)

    assert remarks == [
        "You returned an object of type Lens, which unpacks into the tuple that is asked for. That is fine."
    ]


@pytest.mark.parametrize(
    ("answer", "actual"),
    [
        (None, "None"),
        (Unpackable("Lens", (1, 2)), "an object of type Lens that unpacks into 2 parts"),
        ([1, 2], "a list of 2 numbers"),
        ((), "a tuple of 0"),
        (floats(3, 6), "a tensor of shape (3, 6)"),
        ({"a": 1, "b": 2, "c": 3}, "a dict of 3"),
        ("abc", "the text 'abc'"),
        (True, "True"),
        (2.5, "the number 2.5"),
        (Opaque("ActivationCache"), "an object of type ActivationCache"),
    ],
)
def test_parts_says_what_came_instead(answer: Value, actual: str) -> None:
    """Anything but three parts is named for what it is."""
    with pytest.raises(MismatchError) as caught:
        compare.parts(answer, ("tokens", "top", "kl"))

    assert str(caught.value) == f"Expected a tuple of 3: (tokens, top, kl), you returned {actual}."
    assert (caught.value.mismatch.kind, caught.value.mismatch.actual) == ("structure", actual)


def test_a_long_text_is_cut_and_escaped() -> None:
    """Text of the student's making is quoted, short, and without control characters."""
    assert compare.describe("\x1b[31m" + "x" * 100) == r"the text '\x1b[31m" + "x" * 35 + "...'"


@pytest.mark.parametrize(
    ("actual", "words", "hint"),
    [
        ((6, 9), "(layer=6, position=9): the axes are swapped", "stack along"),
        ((1, 9, 6), "(batch=1, position=9, layer=6): there is an extra axis of length 1", "inputs"),
        ((9, 6, 1), "(position=9, layer=6, batch=1): there is an extra axis of length 1", "inputs"),
        ((9,), "(position=9): the layer axis is missing", "every layer"),
        ((6,), "(layer=6): the position axis is missing", "every position"),
        ((9, 5), "(position=9, layer=5): the length of the layer axis is 5 instead of 6", ""),
        ((), "a tensor without axes", ""),
        ((2, 9, 6), "(2, 9, 6): the number of axes is 3 instead of 2", ""),
    ],
)
def test_a_wrong_shape_is_explained(actual: tuple[int, ...], words: str, hint: str) -> None:
    """Swapped, extra, missing and miscounted axes are told apart."""
    with pytest.raises(MismatchError) as caught:
        compare.shape(floats(*actual), (9, 6), axes=AXES, name="kl")

    assert str(caught.value) == f"kl: expected the shape (position=9, layer=6), you returned {words}."
    assert hint in caught.value.mismatch.hint


def test_three_swapped_axes_are_named_in_their_order() -> None:
    """The returned shape is given in words, whatever the permutation."""
    with pytest.raises(MismatchError, match=r"\(c=4, a=2, b=3\): the axes are swapped"):
        compare.shape(floats(4, 2, 3), (2, 3, 4), axes=("a", "b", "c"), name="x")


def test_no_shape_is_broadcast() -> None:
    """An extra batch dimension is wrong although the numbers would broadcast."""
    with pytest.raises(MismatchError):
        compare.close(Tensor(floats(2, 3).data[None], "float32"), floats(2, 3), axes=AXES, name="x")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [([floats(2), floats(2)], "torch.stack"), ([1.0, 2.0], "torch.tensor"), (None, "return"), (Opaque("Module"), "")],
)
def test_what_is_not_a_tensor_is_refused_with_a_way_out(answer: Value, hint: str) -> None:
    """A list of tensors, a list of numbers and None each have their own hint."""
    with pytest.raises(MismatchError) as caught:
        compare.tensor(answer, name="kl")

    assert hint in caught.value.mismatch.hint


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_every_width_of_a_class_is_right(dtype: str) -> None:
    """The class of the numbers is asked, not their width."""
    compare.dtype(floats(2, dtype=dtype), "floating", name="kl")


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float32", "integer"), ("int64", "floating"), ("bool", "integer"), ("complex64", "floating"), ("int64", "bool")],
)
def test_another_class_of_numbers_is_wrong(dtype: str, expected: str) -> None:
    """Integers, real numbers, complex numbers and booleans are not each other."""
    with pytest.raises(MismatchError) as caught:
        compare.dtype(Tensor(np.ones(2, dtype), dtype), expected, name="top")

    assert caught.value.mismatch.kind == "dtype"
    assert dtype in str(caught.value)


def test_another_width_and_another_library_are_remarked() -> None:
    """A float64 numpy array with the right values is right, and the student is told."""
    answer = Tensor(np.ones((2, 3)), "float64", kind="numpy")

    with compare.collecting() as remarks:
        compare.close(answer, Tensor(np.ones((2, 3), "float32"), "float32"), axes=AXES, name="kl")

    assert remarks == [
        "kl: a numpy value where the reference has one of torch. That is fine.",
        "kl: float64 where the reference has float32. That is fine.",
    ]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_number_that_is_not_finite_is_placed(bad: float) -> None:
    """NaN and infinities are found before any comparison."""
    data = np.ones((9, 6), "float32")
    data[3, 2] = bad

    with pytest.raises(
        MismatchError, match=r"kl: not finite at 1 of 54 places, first at position 3, layer 2: -?(nan|inf)\."
    ) as caught:
        compare.close(Tensor(data, "float32"), floats(9, 6), axes=AXES, name="kl")

    assert (caught.value.mismatch.kind, caught.value.mismatch.where) == ("finite", "position 3, layer 2")


@pytest.mark.parametrize("answer", [3, 3.0, Tensor(np.array(3.0), "float32"), Tensor(np.array(3), "int64")])
def test_a_single_number_is_a_number_in_any_wrapping(answer: Value) -> None:
    """A Python number and a tensor without axes are the same number."""
    assert compare.number(answer, name="loss") == 3.0


@pytest.mark.parametrize("answer", [True, None, floats(1), [3.0], "3"])
def test_what_is_not_a_single_number_is_refused(answer: Value) -> None:
    """A tensor with an axis, a list or a text is not a number."""
    with pytest.raises(MismatchError, match="expected a single number"):
        compare.number(answer, name="loss")


def test_ids_in_floating_point_numbers_get_a_hint_that_fits_them() -> None:
    """The right ids in the wrong type are not taken for values in place of ids."""
    with pytest.raises(MismatchError) as caught:
        compare.dtype(Tensor(np.ones(2, "float32"), "float32"), "integer", name="top")

    assert "`argmax`" in caught.value.mismatch.hint
    assert "`.long()`" in caught.value.mismatch.hint
    assert "not the values" not in caught.value.mismatch.hint
