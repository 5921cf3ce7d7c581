"""An answer passes exactly if every element, the shape and the class are within tolerance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import grader.value
from grader import compare
from grader.compare import CLOSE, MismatchError
from grader.errors import CheckError
from grader.value import COARSE, Tensor, Value

Array = npt.NDArray[Any]

SHAPES = array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4)
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
ROUNDING = {"bfloat16": 2**-8, "float16": 2**-11, "float32": 2**-24, "float64": 0.0}
COMPARATORS = st.sampled_from([compare.close, compare.kl])


def axes(array: Array) -> list[str]:
    return [f"axis {i}" for i in range(array.ndim)]


def tensor(data: Array, dtype: str = "") -> Tensor:
    return Tensor(data, dtype or data.dtype.name)


def passes(comparator: Any, answer: Value, expected: Value = None, **options: Any) -> bool:
    """Return whether a comparator lets an answer pass.

    Probabilities need nothing to be compared with.
    """
    named = {"axes": axes((expected or answer).data), "name": "x"} if comparator is not compare.tokens else {}
    try:
        comparator(*(v for v in (answer, expected) if v is not None), **named, **options)
    except MismatchError:
        return False
    return True


def rounded(data: Array, dtype: str) -> Array:
    """Return numbers as they come back from a tensor of another width.

    Bfloat16 travels as float32.
    """
    if dtype != "bfloat16":
        return data.astype(dtype)
    bits = np.atleast_1d(data.astype("float32")).view("uint32")
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).view("float32").reshape(data.shape)


@given(numbers=arrays("float32", 9, elements=st.floats(-60000, 60000, width=32)), dtype=st.sampled_from(sorted(COARSE)))
def test_numbers_are_rounded_as_the_hardware_does(numbers: Array, dtype: str) -> None:
    """Rounding is to the nearest number, ties to even, with fewer bits for tiny numbers."""
    assert np.array_equal(grader.value.rounded(numbers.astype("float64"), dtype), rounded(numbers, dtype))


@st.composite
def layouts(draw: st.DrawFn, data: Array) -> Array:
    """Lay the same numbers out otherwise in memory: turned axes, strides, steps backwards."""
    match draw(st.sampled_from(["plain", "fortran", "strided", "backwards"])):
        case "fortran":
            return np.asfortranarray(data) if data.ndim else data
        case "strided":
            wide = np.zeros((*data.shape, 2), data.dtype)
            wide[..., 1] = data
            return wide[..., 1]
        case "backwards":
            return np.asarray(np.flip(np.flip(data).copy()))
    return data


@st.composite
def floats(draw: st.DrawFn) -> tuple[Array, Array, bool, str]:
    """Return the expected value, an answer, whether it is right, and its type's name."""
    shape = draw(SHAPES)
    # Numbers that Hypothesis likes are round and few; those that a model computes are neither.
    noise = np.random.default_rng(draw(st.integers(0, 2**16)))
    right = draw(
        arrays("float32", shape, elements=st.floats(0, 2**10, width=32))
        | st.just(noise.uniform(0, 2**10, shape).astype("float32"))
    )
    dtype = draw(st.sampled_from(sorted(ROUNDING)))
    # Shares of what is allowed, none of them on the border.
    within, beyond = st.floats(-0.95, 0.95), st.floats(1.05, 1e4) | st.floats(-1e4, -1.05)
    share = draw(arrays("float64", shape, elements=within) | st.just(noise.uniform(-0.95, 0.95, shape)))
    wrong = draw(st.booleans())
    if wrong:
        share.flat[draw(st.integers(0, right.size - 1))] = draw(beyond)
    wide = right.astype("float64")
    slack = ROUNDING[dtype] * wide
    # A wrong answer is wrong by more than its own width can blur, a right one is rounded to its width.
    answer = wide + share * CLOSE.allowed(wide) + (np.where(np.abs(share) > 1, np.sign(share), 0) * 2.1 * slack)
    assume(np.abs(answer).max() < 6e4)
    return right, draw(layouts(rounded(answer, dtype))), not wrong, dtype


@given(comparator=COMPARATORS, case=floats())
def test_a_float_passes_when_every_element_is_within_tolerance_and_only_then(
    comparator: Any, case: tuple[Array, Array, bool, str]
) -> None:
    """An answer's own rounding is allowed for, in each precision and memory layout."""
    right, answer, is_right, dtype = case

    assert passes(comparator, tensor(answer, dtype), tensor(right)) is is_right


@given(
    comparator=COMPARATORS,
    right=arrays("float32", SHAPES, elements=st.floats(0, 100, width=32)),
    data=st.data(),
)
def test_the_same_numbers_in_another_shape_never_pass(comparator: Any, right: Array, data: st.DataObject) -> None:
    """Nothing is broadcast, squeezed, flattened or turned."""
    others = [right[None], right[..., None], np.stack([right, right]), right.reshape(-1), right.T]
    others += [right[0], right[:-1]] if right.ndim else []
    answer = data.draw(st.sampled_from(others))
    assume(answer.shape != right.shape)

    assert not passes(comparator, tensor(answer), tensor(right))


@given(
    right=arrays("float32", SHAPES, elements=st.integers(0, 1)), other=st.sampled_from([*INTEGERS, "bool", "complex64"])
)
def test_the_same_numbers_of_another_class_never_pass(right: Array, other: str) -> None:
    """Real numbers, whole numbers, booleans and complex numbers are not each other."""
    assert not passes(compare.close, tensor(right.astype(other)), tensor(right))
    assert not passes(compare.integers, tensor(right), tensor(right.astype("int64")))
    assert not passes(compare.integers, tensor(right.astype("bool")), tensor(right.astype("int64")))


@given(
    right=arrays("float32", SHAPES, elements=st.floats(0, 9, width=32)),
    bad=st.sampled_from([np.nan, np.inf, -np.inf]),
    data=st.data(),
)
def test_a_number_that_is_not_finite_never_passes(right: Array, bad: float, data: st.DataObject) -> None:
    """NaN or infinity fails in an answer; where it is expected, the answer is not to blame."""
    answer = right.copy()
    answer.flat[data.draw(st.integers(0, right.size - 1))] = bad

    assert not passes(compare.close, tensor(answer), tensor(right))
    for other in (answer, right):
        with pytest.raises(CheckError):
            compare.close(tensor(other), tensor(answer), axes=axes(right), name="x")


@given(
    right=arrays("int64", SHAPES, elements=st.integers(1, 100)),
    dtype=st.sampled_from(INTEGERS),
    kind=st.sampled_from(["torch", "numpy"]),
    step=st.sampled_from([1, -1]),
    data=st.data(),
)
def test_integers_pass_when_all_are_equal_and_only_then(
    right: Array, dtype: str, kind: str, step: int, data: st.DataObject
) -> None:
    """In any width and layout, of any library; one that differs by one is wrong."""
    off = right.copy()
    off.flat[data.draw(st.integers(0, right.size - 1))] += step
    answer, wrong = (data.draw(layouts(values.astype(dtype))) for values in (right, off))

    assert passes(compare.integers, Tensor(answer, dtype, kind), tensor(right))
    assert not passes(compare.integers, Tensor(wrong, dtype, kind), tensor(right))


@given(
    right=arrays("int64", SHAPES, elements=st.integers(0, 50)),
    margin=st.lists(st.sampled_from([0.0, 5e-4, 2e-3, 1.0]), min_size=64, max_size=64),
    chosen=st.lists(st.sampled_from(["best", "second", "third"]), min_size=64, max_size=64),
)
def test_another_token_passes_where_the_reference_is_tied_and_only_there(
    right: Array, margin: list[float], chosen: list[str]
) -> None:
    """The second best of a tie is right; a third, or the second where the best leads, is not."""
    margins = np.array(margin[: right.size]).reshape(right.shape)
    step = np.array([("best", "second", "third").index(c) for c in chosen[: right.size]]).reshape(right.shape)
    is_right = bool(((step == 0) | ((step == 1) & (margins < 1e-3))).all())
    found = passes(
        compare.argmax, tensor(right + step), tensor(right), margin=tensor(margins), runner_up=tensor(right + 1)
    )

    assert found is is_right


IDS = st.lists(st.integers(0, 2000), min_size=1, max_size=8)
FORMS: list[Any] = [
    lambda ids: tensor(np.array([ids])),
    lambda ids: tensor(np.array(ids, "int32")),
    lambda ids: Tensor(np.array(ids), "int64", "numpy"),
    lambda ids: ids,
    lambda ids: [ids],
    lambda ids: [tensor(np.array(i)) for i in ids],
]


@given(ids=IDS, form=st.sampled_from(FORMS), data=st.data())
def test_tokens_pass_in_every_right_form_and_never_with_another_token(
    ids: list[int], form: Any, data: st.DataObject
) -> None:
    """One changed, dropped or added anywhere is wrong."""
    right = tensor(np.array([ids]))
    at = data.draw(st.integers(0, len(ids) - 1))
    wrong = [[*ids[:at], ids[at] + 1, *ids[at + 1 :]], [*ids[:at], 7, *ids[at:]]]
    wrong += [[*ids[:at], *ids[at + 1 :]]] if len(ids) > 1 else []

    assert passes(compare.tokens, form(ids), right)
    assert not any(passes(compare.tokens, form(other), right) for other in wrong)


@given(
    number=st.floats(-100, 100, width=32),
    off=st.sampled_from([0.0, 1e-4, 1.0]),
    kind=st.sampled_from(["float", "tensor"]),
)
def test_a_python_number_is_a_tensor_without_axes(number: float, off: float, kind: str) -> None:
    """Where one number is asked, it may come as either; where more are, never."""
    answer = number + off if kind == "float" else tensor(np.array(number + off))

    assert passes(compare.close, answer, tensor(np.array(number, "float32"))) is (off < 1)
    assert not passes(compare.close, answer, tensor(np.array([number], "float32")))


@given(right=arrays("float32", (2, 3), elements=st.floats(0, 9, width=32)))
@pytest.mark.parametrize(
    "form", [list, lambda a: a.tolist(), lambda a: [tensor(row) for row in a], lambda a: a.tolist()[0]]
)
def test_lists_are_refused_where_a_tensor_is_asked(form: Any, right: Array) -> None:
    """The reason is stated: it is a list."""
    with pytest.raises(MismatchError, match="expected a tensor, you returned a list of"):
        compare.close(form(right), tensor(right), axes=("i", "j"), name="x")


@given(
    logits=arrays("float64", (3, 4), elements=st.floats(-9, 9)),
    axis=st.sampled_from([0, 1, -1]),
    off=st.floats(0.01, 1),
)
def test_probabilities_pass_when_they_sum_to_one_along_their_axis_and_only_then(
    logits: Array, axis: int, off: float
) -> None:
    """Probabilities must sum to one along the axis asked for.

    One element off by a hundredth is wrong, also where another makes up for it.
    """
    weights = np.exp(logits)
    right = weights / weights.sum(axis=axis, keepdims=True)
    wrong = right.copy()
    wrong[1, 2] += off if right[1, 2] < 0.5 else -off

    negative = right.copy()
    rest = (0, 2) if axis == 0 else (1, 0)
    negative[1, 2] += negative[rest] + off
    negative[rest] = -off

    assert passes(compare.probabilities, tensor(right), axis=axis)
    assert not passes(compare.probabilities, tensor(wrong), axis=axis)
    assert not passes(compare.probabilities, tensor(negative), axis=axis)
