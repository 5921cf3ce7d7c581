"""Extraction never raises, whatever the cells of a notebook hold."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from grader.extract import Extraction, extract
from grader.result import ExerciseStatus

FRAGMENTS = st.sampled_from(
    [
        *(
            "a",
            "b",
            "answer",
            "t",
            "model",
            "x",
            "____",
            "...",
            "1",
            "'s'",
            '"""',
            "'''",
            "#",
            "\\",
            "\n",
            "\n    ",
            "\n\n",
        ),
        *(
            " = ",
            " := ",
            " += ",
            ": ",
            ", ",
            ".",
            "; ",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "@",
            "*",
            "lambda x: ",
            "\t",
            "\f",
        ),
        *(
            "def answer(x):\n    return ",
            "def b(x):\n    ",
            "class C:\n    ",
            "for a in b:\n    ",
            "if a:\n    ",
            "else:\n    ",
        ),
        *(
            "try:\n    ",
            "except E as a:\n    ",
            "with a as b:\n    ",
            "global a\n",
            "nonlocal a\n",
            "del a\n",
            "return ",
        ),
        *(
            "import a\n",
            "import a.b\n",
            "from a import b\n",
            "from math import *\n",
            "from __future__ import annotations\n",
        ),
        *(
            "exec(a)\n",
            "globals()[a] = b\n",
            "%time ",
            "%%time\n",
            "%%bash\n",
            "!ls\n",
            "%run a.py\n",
            "?a\n",
            ">>> ",
            "In [1]: ",
        ),
        *(
            "match a:\n    case ",
            "async ",
            "await ",
            "yield ",
            "print(a)\n",
            "a.append(b)\n",
            "a[0] = b\n",
            "é",
            "\0",
            "\u2028",
        ),
    ]
)
CELLS = st.lists(st.lists(FRAGMENTS, max_size=25).map("".join), max_size=6)


def _extract(cells: list[str]) -> Extraction:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook = new_notebook(cells=[new_code_cell(c) for c in cells])
        return extract(notebook, ["answer"], ["t", "model"], new_notebook(cells=[new_code_cell("import torch as t")]))


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_extraction_answers_on_any_cells(cells: list[str]) -> None:
    """Extraction neither raises nor warns; it gives a function or a reason, always the same."""
    extraction = _extract(cells)

    function = extraction.functions["answer"]
    assert (function.status is None) == (function.message == "")
    assert bool(extraction.segments) == (function.status is None)
    assert extraction == _extract(cells)


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_segments_are_python_and_spans_are_the_students(cells: list[str]) -> None:
    """Each segment is valid Python by itself; each span quotes lines of its cell."""
    extraction = _extract(cells)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for segment in extraction.segments:
            ast.parse(segment.source)
    for span in extraction.functions["answer"].source:
        lines = cells[span.cell - 1].replace("\r", "\n").split("\n")
        assert span.text.split("\n") == lines[span.first_line - 1 : span.last_line]


DEEP: dict[str, Callable[[int], str]] = {
    "signs": lambda n: "-" * n + "1",
    "attributes": lambda n: "a" + ".b" * n,
    "calls": lambda n: "a" + "()" * n,
    "sums": lambda n: "1" + "+1" * n,
    "lambdas": lambda n: "lambda: " * n + "1",
    "brackets": lambda n: "[" * n + "]" * n,
    "choices": lambda n: "1 if x else " * n + "2",
    "digits": lambda n: "9" * n * 10,
}


@pytest.mark.parametrize("kind", DEEP)
@pytest.mark.parametrize("depth", [90, 300, 900, pytest.param(9000, marks=pytest.mark.exhaustive)])
def test_depth_breaks_nothing(kind: str, depth: int) -> None:
    """A deep expression, anywhere, is either run or reported as a fault of its cell."""
    deep = DEEP[kind](depth)

    beside = _extract([f"K = {deep}", "def answer(x): return K"])
    inside = _extract([f"def answer(x): return {deep}"])

    assert beside.functions["answer"].status is None
    assert inside.functions["answer"].status in {None, ExerciseStatus.SYNTAX_ERROR}


def test_work_is_bounded() -> None:
    """Where following names takes too many steps, the whole notebook is run."""
    tangle = "x = 0\n" + "if x:\n    x = x + 1\n" * 3000

    function = _extract([tangle, "def answer(y): return x"]).functions["answer"]

    assert "the whole notebook was run" in function.remarks[0]


TOO_MUCH = {
    "one long cell": ["def answer(x): return x", "#" * 2_000_000],
    "many statements above": ["\n".join(["1;" * 100] * 201), "a = 1", "def answer(x): return x"],
    "many statements in two cells": ["1\n" * 8_000, "1\n" * 13_000, "def answer(x): return x"],
    "many words above": ["[" + "1, " * 40_000 + "]", *["[" + "1, " * 30_000 + "]"] * 3, "def answer(x): return x"],
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_the_longest_cells_of_too_much_code_are_left_out(kind: str) -> None:
    """Of too much code the longest cell is left out and named; the others count."""
    cells = TOO_MUCH[kind]
    longest = max(range(len(cells)), key=lambda at: len(cells[at])) + 1

    extraction = _extract(cells)

    assert extraction.functions["answer"].status is None
    assert extraction.remarks == (
        f"Cell {longest} was left out: it holds too much code to be read; delete what the functions do not need, such "
        "as generated code and long tables of data. No exercise needs it.",
    )
