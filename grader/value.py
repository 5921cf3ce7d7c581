"""What a function call gives back, after it has crossed the process wall as data.

A decoded value is ``None``, ``bool``, ``int``, ``float``, ``str``, a ``list``, ``tuple`` or ``dict`` (with ``str``
keys) of values, a :class:`Tensor`, or :class:`Opaque` for anything that does not cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Value: TypeAlias = Any
"""A decoded value; see the module's text for what it may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """An array that came out of a kernel.

    ``data`` holds the numbers (bfloat16 widened to float32: numpy has none), ``dtype`` is the name of the original
    element type without a library prefix ("float32", "bfloat16", "int64", "bool"), ``kind`` says which library made
    it ("torch", "numpy").
    """

    data: npt.NDArray[Any]
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
    """Something that does not cross the wall as data; only the name of its type does."""

    type_name: str
