"""Whatever a student's function may return, for Hypothesis to draw."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grader.value import Opaque, Tensor, Unpackable, Value

DTYPES = ("float16", "float32", "float64", "int8", "int64", "uint8", "uint64", "bool", "complex64")
SHAPES = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)


def tensors(shape: Any = SHAPES) -> st.SearchStrategy[Tensor]:
    """Return tensors of a shape, or of any."""
    kinds = st.sampled_from(["torch", "numpy"])
    return st.sampled_from(DTYPES).flatmap(lambda d: st.builds(Tensor, arrays(d, shape), st.just(d), kinds))


PARTS: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**20, -(2**63) - 1, 2**63, 10**400])
    | st.floats()
    | st.text(max_size=5)
    | tensors()
    | st.just(Opaque("Module")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)
VALUES: st.SearchStrategy[Value] = PARTS | st.just(Unpackable("Lens", (1, 2, 3)))
"""Answers as a whole: only these may be of a type that unpacks like a tuple."""
