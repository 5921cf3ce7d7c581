"""A cache of answers in memory, bounded by their size; the oldest are dropped first."""

from __future__ import annotations

import sys
from typing import Generic, TypeVar

from grader.value import Tensor, Unpackable, Value

K = TypeVar("K")

MOST_MB = 128
"""What is kept of a submission's answers for checks that ask the same."""

_NODE = 64  # bytes of a list's, tuple's or dictionary's part, about


class BoundedCache(dict[K, Value], Generic[K]):
    """Values by key, the latest in ``most_mb`` MB; the last one stays, however large."""

    def __init__(self, most_mb: int | None = None) -> None:
        super().__init__()
        self._most = (MOST_MB if most_mb is None else most_mb) << 20
        self._sizes: dict[K, int] = {}

    def __setitem__(self, key: K, value: Value) -> None:
        super().pop(key, None)
        self._sizes.pop(key, None)
        super().__setitem__(key, value)
        self._sizes[key] = size(value)
        while sum(self._sizes.values()) > self._most and len(self) > 1:
            oldest = next(iter(self))
            del self[oldest], self._sizes[oldest]


def size(value: Value) -> int:
    """Return about how many bytes a value takes in memory."""
    match value:
        case Tensor():
            return value.data.nbytes
        case Unpackable():
            return size(value.parts)
        case list() | tuple():
            return _NODE + sum(_NODE + size(v) for v in value)
        case dict():
            return _NODE + sum(_NODE + sys.getsizeof(k) + size(v) for k, v in value.items())
    return sys.getsizeof(value)
