"""How a comparator says no, how far off is still right, and what it remarks on a right answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.result import Mismatch

Array = npt.NDArray[Any]

_REMARKS: ContextVar[list[str] | None] = ContextVar("remarks", default=None)


class MismatchError(AssertionError):
    """An answer is not what was asked; ``mismatch`` is the difference as data, the text a sentence for the student."""

    def __init__(
        self, kind: str, sentence: str, expected: str, actual: str, *, where: str = "", hint: str = ""
    ) -> None:
        super().__init__(sentence)
        self.mismatch = Mismatch(kind, expected, actual, where, hint)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be off: ``absolute + relative * |expected|``."""

    absolute: float
    relative: float

    def allowed(self, expected: Array) -> Array:
        """Return the greatest difference that is still right, for each expected number."""
        return np.asarray(self.absolute + self.relative * np.abs(expected))


def remark(text: str) -> None:
    """Note something about a right answer for whoever is collecting; without a collector it is dropped."""
    remarks = _REMARKS.get()
    if remarks is not None and text not in remarks:
        remarks.append(text)


@contextlib.contextmanager
def collecting() -> Iterator[list[str]]:
    """Collect the remarks made inside the block."""
    remarks: list[str] = []
    token = _REMARKS.set(remarks)
    try:
        yield remarks
    finally:
        _REMARKS.reset(token)
