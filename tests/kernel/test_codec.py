"""Reading any reply gives a value or a student's fault, because a reply is a claim."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.errors import BadAnswer, CallRaised, StudentFault
from grader.kernel.codec import decode_reply
from grader.kernel.student_faults import raised

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
words = st.sampled_from(
    ["list", "tuple", "dict", "int", "array", "opaque", "unpacks", "torch", "float32", "bool", "value", "error"]
)
nodes = st.recursive(json_values | words, lambda inner: st.lists(words | inner, max_size=7), max_leaves=30)


def read(reply: Any, *arrays: bytes) -> Any:
    """Read a reply made of JSON data and arrays."""
    return decode_reply([json.dumps(reply).encode(), *arrays], "f")


@given(st.lists(st.binary(max_size=64), max_size=4))
def test_any_bytes_are_a_value_or_a_fault(buffers: list[bytes]) -> None:
    """No sequence of buffers makes reading raise anything but a student's fault."""
    with contextlib.suppress(StudentFault):
        decode_reply(buffers, "f")


@given(st.sampled_from(["value", "error", "missing", "refused", "x"]), nodes, st.binary(max_size=32))
def test_any_structure_is_a_value_or_a_fault(kind: str, node: Any, array: bytes) -> None:
    """No well-formed JSON makes reading raise anything but a student's fault."""
    with contextlib.suppress(StudentFault):
        read({kind: node}, array)


@given(st.dictionaries(st.sampled_from(["ename", "evalue", "frames", "origin", "memory"]), nodes))
def test_any_description_of_an_error_is_a_fault(data: dict[str, Any]) -> None:
    """An error described by nonsense is still a fault with a sentence."""
    assert isinstance(raised(data).sentence, str)


@pytest.mark.parametrize(
    "node",
    [
        ["array", "torch", "float32", "float32", [2], 0],
        ["array", "torch", "float32", "float32", [1], 1],
        ["array", "torch", "float32", "float32", [1], -1],
        ["array", "torch", "float32", "float32", [1.0], 0],
        ["array", "torch", "float32", "float32", [True], 0],
        ["array", "torch", "float32", "float32", [-1, -1], 0],
        ["array", "torch", "float32", "float32", [1] * 40, 0],
        ["array", "torch", "float32", "int32", [1], 0],
        ["array", "torch", "float32", "object", [1], 0],
        ["array", "torch", "<script>", "float32", [1], 0],
        ["array", "pickle", "float32", "float32", [1], 0],
        ["array", "torch", "bool", "bool", [4], 0],
        ["dict", [1, 2]],
        ["dict", ["a"]],
        ["int", "zz"],
        ["set", 1],
        [],
        {},
    ],
    ids=str,
)
def test_a_false_array_is_a_bad_answer(node: Any) -> None:
    """Sizes, types and indices that do not fit are refused before arrays are made."""
    with pytest.raises(BadAnswer):
        read({"value": node}, b"\x02\x00\x00\x7f")


def test_an_array_without_elements_is_no_way_to_long_axes() -> None:
    """Whoever sums over its other axis would need memory for each of them."""
    node = ["array", "torch", "float32", "float32"]

    assert read({"value": [*node, [50257, 0], 0]}, b"").shape == (50257, 0)
    with pytest.raises(BadAnswer):
        read({"value": [*node, [1 << 40, 0], 0]}, b"")


@pytest.mark.parametrize("node", [["int", hex(1 << 5000)], 1 << 5000])
def test_whole_numbers_are_capped(node: Any) -> None:
    """Whole numbers have at most the digits that Python puts into a sentence."""
    with pytest.raises(BadAnswer):
        read({"value": node})


def array(claimed: str, numbers: npt.NDArray[Any]) -> Any:
    """Read a reply that holds one array, with a claim of what type its elements had."""
    return read({"value": ["array", "torch", claimed, numbers.dtype.name, list(numbers.shape), 0]}, numbers.tobytes())


CLAIMS = ["bfloat16", "float8_e4m3fn", "float8_e5m2", "complex32", "qint8", "float128", "anything"]


@given(
    claimed=st.sampled_from(CLAIMS),
    numbers=st.sampled_from(["float16", "float32", "float64", "int64", "uint8", "complex64"]).flatmap(
        lambda sent: arrays(sent, st.integers(0, 3))
    ),
)
def test_a_claimed_type_that_what_was_sent_is_not_of_counts_for_nothing(
    claimed: str, numbers: npt.NDArray[Any]
) -> None:
    """Only numbers that bfloat16 can hold are of it; all else is what it was sent as."""
    fits = claimed == "bfloat16" and numbers.dtype == "float32" and not (numbers.view("uint32") & 0xFFFF).any()

    assert array(claimed, numbers).dtype == ("bfloat16" if fits else numbers.dtype.name)


@given(numbers=arrays("uint16", 3))
def test_what_was_a_bfloat16_still_is_one(numbers: npt.NDArray[Any]) -> None:
    """Every bit pattern that the type has."""
    assert array("bfloat16", (numbers.astype("uint32") << 16).view("float32")).dtype == "bfloat16"


def test_depth_is_capped() -> None:
    """A structure nested deeper than any honest one is refused, however deep."""
    for depth in (50, 100_000):
        with pytest.raises(BadAnswer):
            decode_reply([b'{"value": ' + b'["list",' * depth + b"1" + b"]" * depth + b"}"], "f")


@pytest.mark.parametrize("single", ["1", "[]", "{}", '["list"]', '["dict"]'])
def test_single_values_are_counted(single: str) -> None:
    """Replies that claim hundreds of thousands of values are refused at once."""
    text = f'{{"value": ["list", {", ".join([single] * 250_000)}]}}'

    with pytest.raises(BadAnswer, match="too many single values"):
        decode_reply([text.encode()], "f")


def test_a_long_text_is_not_read() -> None:
    """A structure of more bytes than an honest one can have is refused."""
    with pytest.raises(BadAnswer, match="could not be read"):
        read({"value": "x" * (6 << 20)})


@pytest.mark.parametrize("indices", [[0, 0], [0], [1], [0, 1, 0]])
def test_each_array_stands_in_one_place(indices: list[int]) -> None:
    """The bytes of one array cannot be claimed many times over, and none are sent for nothing."""
    claims = [["array", "torch", "float32", "float32", [1], index] for index in indices]

    with pytest.raises(BadAnswer, match="could not be read"):
        read({"value": ["list", *claims]}, bytes(4), bytes(4))


def test_text_of_the_students_making_is_cleaned_and_cut() -> None:
    """Control characters do not reach a terminal, and long texts are cut."""
    fault = raised({"ename": "E\x1b[31m", "evalue": "x" * 10_000})

    assert isinstance(fault, CallRaised)
    assert "\x1b" not in fault.sentence
    assert len(fault.evalue) == 500
