"""Of a helper's name that other code reuses, what the function can use counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

HELPER = "def h(x): return x + 1"
CALLS = "def answer(x): return h(x)"
MAKES = "def make(*_): return object()"
PASSES = "def answer(x): return max([x], key=h) + 1"
OBJECT = "class Adder:\n    def go(self, x): return x + 1"

UNUSABLE: dict[str, list[str]] = {
    # the last cell puts something under the name h that the function cannot use
    "by what a call returns": [MAKES, HELPER, CALLS, "h = make()"],
    "by what it returns itself": [HELPER, CALLS, "h = h(3)"],
    "by an item": ["box = [5]", HELPER, CALLS, "h = box[0]"],
    "by an attribute": [HELPER, CALLS, "h = model.cfg"],
    "in a pair": [MAKES, HELPER, CALLS, "h, other = make(), make()"],
    "taken apart": ["def two(): return 1, 2", HELPER, CALLS, "h, other = two()"],
    "by a with statement": ["import io", HELPER, CALLS, "with io.StringIO() as h:\n    pass"],
    "in a loop": [MAKES, HELPER, CALLS, "for i in range(3):\n    h = make(i)"],
    "under a condition": [MAKES, HELPER, CALLS, "if model:\n    h = make()"],
    "in a try": [MAKES, HELPER, CALLS, "try:\n    h = make()\nexcept Exception:\n    pass"],
    "in an expression": [MAKES, HELPER, CALLS, "print(h := make())"],
    "by a module": [HELPER, CALLS, "import math as h"],
    "by what a module gives": [HELPER, CALLS, "from math import pi as h"],
    "in the function's own cell": [MAKES, f"{HELPER}\n{CALLS}\nh = make()"],
    "above the function": [MAKES, HELPER, "h = make()", CALLS],
    "twice": [MAKES, HELPER, CALLS, "h = make()\nh = make()"],
    "where it is a class": ["class h(int):\n    pass", "def answer(x): return h(x) + 1", "h = h(3)"],
    "where another helper calls it": [
        MAKES,
        HELPER,
        "def g(x): return h(x)",
        "def answer(x): return g(x)",
        "h = make()",
    ],
    "where it is handed on": [MAKES, HELPER, PASSES, "h = make()"],
    "where it is handed on in a list": [
        MAKES,
        HELPER,
        "def call(hooks, x): return hooks[0][1](x)\ndef answer(x): return call(hooks=[('a', h)], x=x)",
        "h = make()",
    ],
    "where it is an object": [MAKES, OBJECT, "h = Adder()", "def answer(x): return h.go(x)", "h = make()"],
    "where it is a module": [MAKES, "import math as h", "def answer(x): return h.floor(x) + 1", "h = make()"],
    "where it is a text": [MAKES, "h = '{}'", "def answer(x): return int(h.format(x)) + 1", "h = make()"],
    "by a number where names cannot be followed": [
        "exec('Y = 2')",
        HELPER,
        "def answer(x): return h(x) * Y // 2",
        "h = 5",
    ],
    "where names cannot be followed": [
        MAKES,
        "exec('Y = 2')",
        HELPER,
        "def answer(x): return h(x) * Y // 2",
        "h = make()",
    ],
    "beside what is needed": [HELPER, "h, K = 5, 1", "def answer(x): return h(x) * K"],
    "by a loop over what is needed": [HELPER, "def answer(x): return h(x) * K", "for h in [1]:\n    K = h"],
    "where it is a table": ["h = {2: 3}", "def answer(x): return h[x]", "h = 5"],
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_a_function_cannot_use_takes_nothing_away(kind: str, extracted: Extracted, ran: Ran) -> None:
    """A name means what it meant before it was given to what the function cannot use.

    The function cannot use what it cannot call, and what lacks an attribute that it reads.
    """
    extraction = extracted(*UNUSABLE[kind])

    assert ran(extraction)["answer"](2) == 3
    assert any(remark.startswith("`h` is assigned again in cell ") for remark in extraction.functions["answer"].remarks)


USABLE: dict[str, list[str]] = {
    # as the notebook was left, h is another function or value, which the function can use
    "defined again below": ["def h(x): return 0", CALLS, HELPER],
    "defined below alone": [CALLS, HELPER],
    "made below": ["def h(x): return 0", CALLS, "def make(): return lambda x: x + 1", "h = make()"],
    "an object that can be called": [
        "class Adder:\n    def __call__(self, x): return x + 1",
        "def h(x): return 0",
        CALLS,
        "h = Adder()",
    ],
    "wrapped": [HELPER, CALLS, "import functools\nh = functools.lru_cache(h)"],
    "imported below": ["def h(x): return 0", "def answer(x): return h(x) + 5", "from operator import neg as h"],
    "a value that is a value": ["h = 0", "def answer(x): return x + h", "h = 1"],
    "a value of what was a function": ["def h(x): return 0", "h = 1", "def answer(x): return x + h"],
    "a value handed on": ["def h(x): return 0", "h = 1", "def answer(x): return sum([x, h])"],
    "a table of another kind": ["h = {}", "def answer(x): return h[x]", "h = [0, 1, 3]"],
    "another object with the method": [
        OBJECT,
        "class Old:\n    def go(self, x): return 0",
        "h = Old()",
        "def answer(x): return h.go(x)",
        "h = Adder()",
    ],
}


@pytest.mark.parametrize("kind", USABLE)
def test_what_a_function_can_use_counts_as_the_notebook_was_left(kind: str, extracted: Extracted, ran: Ran) -> None:
    """The last binding that the function can use counts, above it or below."""
    assert ran(extracted(*USABLE[kind]))["answer"](2) == 3


def test_an_experiment_on_the_model_is_not_run_for_a_helpers_name(extracted: Extracted, ran: Ran) -> None:
    """A later experiment under a helper's name leaves the model alone."""
    cells = [
        "def spoil(m):\n    m.cfg.n_layers = 0\n    return 5",
        HELPER,
        "def answer(x): return h(x), model.cfg.n_layers",
        "h = spoil(model)",
    ]

    assert ran(extracted(*cells))["answer"](2) == (3, 3)
