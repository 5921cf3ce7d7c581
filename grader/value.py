"""What a function returned, as data that came from another process.

A decoded value is ``None``, ``bool``, ``int``, ``float``, ``str``, a ``list``, ``tuple`` or ``dict`` (with ``str``
keys) of values, a :class:`Tensor`, or :class:`Opaque` for anything that does not cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Value: TypeAlias = Any
"""A decoded value; the module's docstring says what it may be."""

Array: TypeAlias = npt.NDArray[Any]
"""A numpy array of any element type."""

COARSE = {"bfloat16": (8, -133), "float16": (11, -24)}
"""Types whose rounding counts beside a tolerance: their significant bits, and the power of two of their finest step."""


def rounded(numbers: npt.NDArray[np.float64], dtype: str) -> npt.NDArray[np.float64]:
    """Return numbers as the nearest ones of a coarse type; those beyond its range are not cut."""
    bits, finest = COARSE[dtype]
    step = np.exp2(np.maximum(np.frexp(numbers)[1] - bits, finest))
    return np.asarray(np.rint(numbers / step) * step)


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """An array that came out of a kernel.

    ``data`` holds the numbers, ``dtype`` is the name of the element type without a library prefix ("float32",
    "bfloat16", "int64", "bool"), ``kind`` says which library made it ("torch", "numpy"). What numpy has no type for was
    widened and is named so; of bfloat16 alone, which holds the upper half of a float32, the name is kept.
    """

    data: Array
    dtype: str
    kind: str = "torch"

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.data.shape

    @property
    def is_floating(self) -> bool:
        """Whether the original elements were real floating-point numbers."""
        return bool(np.issubdtype(self.data.dtype, np.floating))

    @property
    def is_integer(self) -> bool:
        """Whether the original elements were integers (booleans are not)."""
        return bool(np.issubdtype(self.data.dtype, np.integer))


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that is not sent as data; only the name of its type does."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Unpackable(Opaque):
    """An object of another type that gives its parts as a tuple does (``a, b = answer``)."""

    parts: tuple[Value, ...]
