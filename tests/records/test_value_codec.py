"""Values stay what they are when they are sent or kept, and read again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.value import Opaque, Tensor, Unpackable
from grader.value_codec import decode, encode

TENSORS = [
    Tensor(np.arange(6, dtype="float32").reshape(2, 3), "float32"),
    Tensor(np.array([1.0, float("nan")], "float32"), "bfloat16"),
    Tensor(np.array([True, False]), "bool", "numpy"),
    Tensor(np.zeros((3, 0), "int64"), "int64"),
    Tensor(np.array(1 + 2j), "complex128"),
    Tensor(np.arange(6, dtype="int8").reshape(2, 3).T, "int8"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS | st.integers(1 << 60, 1 << 4000) | st.sampled_from([*TENSORS, Opaque("Lens")]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Return whether two values are of the same types and numbers, NaN being NaN."""
    if isinstance(a, Tensor):
        named = (a.dtype, a.kind, a.data.dtype) == (b.dtype, b.kind, b.data.dtype)
        return named and np.array_equal(a.data, b.data, equal_nan=a.dtype != "bool")
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a)


@given(VALUES)
def test_a_value_is_what_it_was(value: Any) -> None:
    """Types, order, shapes, element types and numbers stay, through JSON."""
    structure, arrays = encode(value, opaque=True)

    assert same(decode(json.loads(json.dumps(structure)), arrays), value)


def test_an_answer_in_parts_stays_one() -> None:
    """What unpacks like a tuple keeps the name of its type and its parts."""
    answer = Unpackable("Result", (1, "a"))

    assert decode(*encode(answer, opaque=True)) == answer


def test_what_only_a_name_is_known_of_is_no_argument() -> None:
    """A kernel could make nothing of it."""
    with pytest.raises(TypeError, match="Opaque cannot be sent to a kernel"):
        encode([Opaque("Lens")])
