"""Calls of a student's function, compared part by part with right and wrong answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.diagnosis import messages
from grader.diagnosis.equality import SLACK, nearly_equal
from grader.diagnosis.misconceptions import Stage
from grader.differences import Parts, parts_of, returned_parts
from grader.value import Value


@dataclass(frozen=True, slots=True, eq=False)
class ComparedCall:
    """A student's answer to some arguments, the right one, and those of wrong variants.

    ``variant`` takes the id of a misconception, or "a+b" for a declared pair, and raises KeyError without an answer.
    """

    answer: Value
    expected: Value
    variant: Callable[[str], Value]


class ComparedParts:
    """A call in parts: those ``given``, those ``expected``, and indices of the ``wrong`` ones."""

    def __init__(self, call: ComparedCall) -> None:
        self.given, self.expected = returned_parts(call.answer, call.expected)
        pairs = itertools.zip_longest(self.given, self.expected)
        self.wrong = tuple(i for i, (given, wanted) in enumerate(pairs) if not nearly_equal(given, wanted))
        self._case = call
        self._variants: dict[str, Parts | None] = {}

    def variant(self, id: str) -> Parts | None:
        """Return the parts of a wrong variant's answer; None when it has no answer."""
        if id not in self._variants:
            try:
                self._variants[id] = parts_of(self._case.variant(id))
            except KeyError:
                self._variants[id] = None
        return self._variants[id]

    def agrees(self, id: str) -> frozenset[int] | None:
        """Return the parts that equal a variant's, or None when the variant has other parts."""
        variant = self.variant(id)
        if variant is None or len(variant) != len(self.given):
            return None
        return frozenset(
            i for i, (g, v) in enumerate(zip(self.given, variant, strict=True)) if nearly_equal(g, v, SLACK)
        )


def first_wrong_stage(call: ComparedCall, stages: Sequence[Stage]) -> str:
    """Return a sentence that names the first wrong stage; "" where the parts do not show it."""
    compared = ComparedParts(call)
    shown = [s for s in stages if s.part is not None]
    right = [s.title for s in itertools.takewhile(lambda s: s.part not in compared.wrong, shown)]
    if len(shown) < 2 or len(right) == len(shown) or len(compared.given) != len(compared.expected):
        return ""
    return messages.first_wrong(shown[len(right)].title, right)
