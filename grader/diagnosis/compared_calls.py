"""One call of a student's function, taken apart for diagnosis."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.diagnosis.equality import SLACK, same
from grader.diagnosis.misconceptions import Stage
from grader.differences import Parts, parts_of, returned_parts
from grader.value import Value


@dataclass(frozen=True, slots=True, eq=False)
class ComparedCall:
    """What a student's function answered to some arguments, what is right, and what wrong variants answer.

    ``variant`` takes the id of a misconception, or "a+b" for a declared pair, and raises KeyError without an answer.
    """

    answer: Value
    expected: Value
    variant: Callable[[str], Value]


class ComparedParts:
    """A case in parts: what is ``given`` and ``wanted``, and which parts are ``wrong``."""

    def __init__(self, case: ComparedCall) -> None:
        self.given, self.wanted = returned_parts(case.answer, case.expected)
        pairs = itertools.zip_longest(self.given, self.wanted)
        self.wrong = tuple(i for i, (given, wanted) in enumerate(pairs) if not same(given, wanted))
        self._case = case
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
        """Return the parts in which the answer is that of a variant; None when the two cannot be compared."""
        variant = self.variant(id)
        if variant is None or len(variant) != len(self.given):
            return None
        return frozenset(i for i, (g, v) in enumerate(zip(self.given, variant, strict=True)) if same(g, v, SLACK))


def first_wrong_stage(case: ComparedCall, stages: Sequence[Stage]) -> str:
    """Say as far as which stage the computation is right, by the parts that show it; empty where they show nothing."""
    examined = ComparedParts(case)
    shown = [s for s in stages if s.part is not None]
    right = [s.title for s in itertools.takewhile(lambda s: s.part not in examined.wrong, shown)]
    if len(shown) < 2 or len(right) == len(shown) or len(examined.given) != len(examined.wanted):
        return ""
    found = f"Your values first differ from the expected ones at {shown[len(right)].title}"
    return f"{found} (still right: {_listed(right)})" if right else found


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
