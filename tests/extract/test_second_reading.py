"""A second reading: the notebook as the cell of a function left it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction

from .test_helpers_overwritten import UNUSABLE, USABLE

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

READS = "def answer(x): return x + h"
CALLS = "def answer(x): return h(x)"
HELPER = "def h(x): return x + 1"

CHANGED_BELOW: dict[str, list[str]] = {
    # the last cell gives h another value, with which answer(2) is not 3 any more
    "a constant": ["h = 1", READS, "h = 5"],
    "a constant by None": ["h = 1", READS, "h = None"],
    "a constant by what is computed": ["h = 1", READS, "h = len(str(answer(2))) * 7"],
    "a constant under a condition": ["h = 1", READS, "BITS = True\nif BITS:\n    h = 0.6931"],
    "a constant in a loop": ["h = 1", READS, "for i in range(3):\n    h = i * 9"],
    "a constant by addition": ["h = 1", READS, "h += 1"],
    "a function of a module by the module": ["from math import floor as h", f"{CALLS} + 1", "import math as h"],
    "a module by its function": [
        "import math as h",
        "def answer(x): return h.floor(x) + 1",
        "from math import pi as h",
    ],
    "a list by its length": ["h = [1, 2]", "def answer(x): return sum(h)", "h = len(h)"],
    "another name of the model": ["h = model", "def answer(x): return h.cfg.n_layers", "h = h.cfg.n_layers"],
    "a table by a number": ["h = {'start': 1}", "def answer(x): return sum([x], **h)", "h = answer(2) / 2"],
    "a class": [
        "class h:\n    def run(self, x): return x + 1",
        "def answer(x): return h().run(x)",
        "class h:\n    def __init__(self, size): self.size = size\n    def run(self, x): return self.size",
    ],
    "a helper of another arity": [HELPER, CALLS, "def h(path, mode):\n    return open(path, mode).read()"],
    "a helper that returns nothing": [HELPER, CALLS, "def h(x):\n    print(x)"],
    "a helper by an import": [HELPER, CALLS, "from operator import neg as h"],
    "a helper in what it reads": ["N = 1", "def h(x): return x + N", CALLS, "h = N\nN = None"],
    "by unpacking": ["h = ['a', 'b']", "def answer(x): return x + len(h) - 1", "fig, h = object(), [3]"],
    "an item": ["h = {'n': 1}", "def answer(x): return x + h['n']", "h['n'] = None"],
    "an attribute": ["class h: n = 1", "def answer(x): return x + h.n", "h.n = None"],
    "a list that grows": ["h = [1]", "def answer(x): return x + sum(h)", "h.append(5)"],
    "a builtin": ["def answer(x): return max(x, 3)", "def max(numbers): return numbers[0]"],
    "a builtin by a library": ["def answer(x): return pow(x, 2, 3) + 2", "from math import *\nprint(sqrt(4))"],
    "where names cannot be followed": ["exec('Y = 2')", "h = 1", "def answer(x): return x + h + Y - 2", "h = None"],
    "where what stands below is needed": [
        "h = 1",
        "def answer(x): return plus(x, h)",
        "def plus(a, b): return a + b\nh = 5",
    ],
    "in several cells": ["h = 1", READS, "h = 5", "h = 6"],
    "in a second cell": ["h = 1", READS, "print(answer(2))", "h = 5"],
}


@pytest.mark.parametrize("kind", CHANGED_BELOW)
def test_the_second_reading_leaves_out_what_is_changed_below(kind: str, extracted: Extracted, ran: Ran) -> None:
    """It has what the function had at the end of its cell, where it worked."""
    second = extracted(*CHANGED_BELOW[kind]).second_reading

    assert second is not None
    assert ran(second)["answer"](2) == 3


@pytest.mark.parametrize("kind", CHANGED_BELOW)
def test_the_first_reading_is_the_notebook_as_it_was_left(kind: str, extracted: Extracted, ran: Ran) -> None:
    """The specimens above need the second reading."""
    answer = ran(extracted(*CHANGED_BELOW[kind]))["answer"]
    try:
        value = answer(2)
    except (TypeError, AttributeError):
        value = None

    assert value != 3


def test_a_remark_names_the_cells_and_what_they_change(extracted: Extracted) -> None:
    """The student reads what is not counted, and where."""
    second = extracted("h = 1\nk = []", "def answer(x): return x + h + len(k)", "h = 5", "k.append(1)").second_reading

    assert second is not None
    assert second.functions["answer"].remarks == (
        "Cells 3 and 4 give `h` and `k` another value; your function was graded as it stood after cell 2.",
    )


def test_the_source_is_that_of_the_reading(extracted: Extracted) -> None:
    """The code that a reading runs is the code that it shows."""
    second = extracted("h = 1", READS, "h = 5").second_reading

    assert second is not None
    assert [s.cell for s in second.functions["answer"].source] == [1, 2]


def test_only_what_differs_is_read_again(extracted: Extracted) -> None:
    """An exercise that both readings give alike is not in the second."""
    cells = ["h = 1", READS, "def other(x): return x", "h = 5"]
    second = extracted(*cells, exercises=("answer", "other")).second_reading

    assert second is not None
    assert set(second.functions) == {"answer"}


def test_each_exercise_is_read_at_its_own_cell(extracted: Extracted) -> None:
    """What one exercise needs does not reach the other: each has kernels of its own."""
    cells = ["h = 1", READS, "h = 2", "def other(x): return x + h", "h = 3"]
    second = extracted(*cells, exercises=("answer", "other")).second_reading

    assert second is not None
    assert second.separate_kernels
    assert {f.name: [s.cell for s in f.source] for f in second.functions.values()} == {
        "answer": [1, 2],
        "other": [3, 4],
    }


ALIKE: dict[str, list[str]] = {
    "nothing below": ["h = 1", READS],
    "other names below": ["h = 1", READS, "k = 5\nprint(answer(k))"],
    "the same import again": ["import math", "def answer(x): return math.floor(x) + 1", "import math"],
    "the same helper again": [HELPER, CALLS, HELPER],
    "bound below alone": [READS, "h = 1"],
    "no function": ["h = 1", "h = 2"],
    "a stub": ["h = 1", "def answer(x):\n    pass", "h = 2"],
    "an experiment on the model": ["def answer(x): return model.cfg.n_layers", "model.cfg.n_layers = 0"],
    "a value that the function cannot use": [HELPER, CALLS, "h = 5"],
}


@pytest.mark.parametrize("kind", ALIKE)
def test_there_is_no_second_reading_where_it_is_the_same(kind: str, extracted: Extracted) -> None:
    """The ordinary notebook is read once."""
    assert extracted(*ALIKE[kind]).second_reading is None


@pytest.mark.parametrize("kind", [*UNUSABLE, *USABLE])
def test_a_second_reading_can_be_run(kind: str, extracted: Extracted, ran: Ran) -> None:
    """It defines the function as the first does."""
    second = extracted(*(UNUSABLE | USABLE)[kind]).second_reading

    assert second is None or callable(ran(second)["answer"])
