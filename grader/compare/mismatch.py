"""What comparators report: a mismatch, with its places, or remarks on a right answer."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.compare import messages
from grader.compare.expected import check_limit
from grader.result import Mismatch
from grader.value import Array

LAYER = "layer"
"""The axis along which a model computes: an error at one index carries over to later ones."""

_REMARKS: ContextVar[list[str] | None] = ContextVar("remarks", default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Which elements of an answer are wrong.

    ``wrong`` is a boolean array whose axes ``axes`` names; ``worst`` is the index of the worst element, which is
    ``off`` by so much where so much is ``allowed``, if there is a distance.
    """

    axes: Sequence[str]
    wrong: Array
    worst: tuple[int, ...]
    off: float | None = None
    allowed: float | None = None

    def data(self) -> dict[str, Any]:
        """Return these facts as fields of :class:`grader.result.Mismatch`."""
        return {
            "worst": dict(zip(self.axes, self.worst, strict=True)),
            "first": self._first(),
            "off": self.off if self.off is not None and math.isfinite(self.off) else None,
            "allowed": self.allowed if self.allowed is not None and math.isfinite(self.allowed) else None,
            "wrong": int(self.wrong.sum()),
            "total": self.wrong.size,
        }

    def _first(self) -> dict[str, int]:
        """Return the index of the first wrong element, in the first layer that has one."""
        order = sorted(range(len(self.axes)), key=lambda i: self.axes[i] != LAYER)
        found = first(self.wrong.transpose(order))
        return {self.axes[i]: found[order.index(i)] for i in range(len(self.axes))}


def first(wrong: Array) -> tuple[int, ...]:
    """Return the place of the first true element of an array that has one."""
    return tuple(int(i) for i in np.unravel_index(int(wrong.argmax()), wrong.shape))


class MismatchError(AssertionError):
    """An answer is not what was asked; the text is a sentence for the student.

    ``mismatch`` is the difference as data; ``places`` says which elements are wrong, where it is elements that are.
    """

    def __init__(
        self,
        kind: str,
        sentence: str,
        expected: str,
        actual: str,
        *,
        where: str = "",
        hint: str = "",
        places: Places | None = None,
    ) -> None:
        super().__init__(sentence)
        self.places = places
        self.mismatch = Mismatch(kind, expected, actual, where, hint, **(places.data() if places else {}))


def unlike(kind: str, name: str, expected: str, actual: str, hint: str = "") -> MismatchError:
    """Return the error of an answer that is something else than what was expected."""
    return MismatchError(kind, messages.instead_of(name, expected, actual), expected, actual, hint=hint)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be off: ``absolute + relative * |expected|``.

    Raises CheckError where one of the two is below 0."""

    absolute: float
    relative: float

    def __post_init__(self) -> None:
        check_limit(self.absolute, "absolute", name="Tolerance")
        check_limit(self.relative, "relative", name="Tolerance")

    def allowed(self, expected: Array) -> Array:
        """Return the greatest difference that is still right, for each expected number."""
        return np.asarray(self.absolute + self.relative * np.abs(expected))


def remark(text: str) -> None:
    """Add a remark on a right answer to those of :func:`collecting`; else it is dropped."""
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
