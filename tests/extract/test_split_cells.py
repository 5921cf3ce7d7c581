"""A function that was split over several cells by mistake is read as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction
from grader.result import ExerciseStatus

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

SPLIT: dict[str, list[str]] = {
    "in the body": ["def answer(x):\n    y = x", "    y = y + 1\n    return y"],
    "behind the first line": ["def answer(x):", "    return x + 1"],
    "behind the docstring": ['A = 1\ndef answer(x):\n    """Add."""', "\n    return x + A", "A = 1"],
    "twice": ["def answer(x):", "    if x:\n        return x + 1", "    return 0"],
    "by tabs, among magics": ["!ls\ndef answer(x):\n\ty = x", "\t%time y = y + 1\n\treturn y"],
}


@pytest.mark.parametrize("kind", SPLIT)
def test_a_split_function_is_read_as_one(kind: str, extracted: Extracted, ran: Ran) -> None:
    """A cell that can only be the rest of a function is joined to it."""
    assert ran(extracted(*SPLIT[kind]))["answer"](2) == 3


def test_a_split_function_is_reported_and_shown_whole(extracted: Extracted) -> None:
    """The remark names both cells; lines are counted from the start of the first."""
    extraction = extracted("#md text", *SPLIT["in the body"])

    assert extraction.remarks == ("Cell 3 continues what cell 2 begins; they were read as one.",)
    [span] = extraction.functions["answer"].source
    assert (span.cell, span.first_line, span.last_line) == (2, 1, 4)
    assert span.text.endswith("    y = y + 1\n    return y")


def test_an_indented_cell_of_its_own_is_not_joined(extracted: Extracted, ran: Ran) -> None:
    """A cell that is valid by itself is read as Jupyter reads it, whatever stands above it."""
    extraction = extracted("def answer(x):\n    return x + A", "    A = 1")

    assert ran(extraction)["answer"](2) == 3
    assert extraction.remarks == ()


@pytest.mark.parametrize(
    "source", ["def answer[T](x: T): return x", "def answer(x): return f'{x['a']}'", "class A[T]: pass\nanswer = A"]
)
def test_syntax_of_newer_versions_is_pointed_out(source: str, extracted: Extracted) -> None:
    """Syntax works, or the message names the version that this Python is too old for."""
    function = extracted(source).functions["answer"]

    assert function.status is None or "which it is graded with, may not know this yet" in function.message
    assert function.status in (None, ExerciseStatus.SYNTAX_ERROR)


def test_a_default_device_is_not_set(extracted: Extracted) -> None:
    """A notebook that asks for a GPU everywhere is graded without one as if it had not."""
    code = "".join(s.source for s in extracted("t.set_default_device('cuda')", "def answer(x): return t").segments)

    assert "cuda" not in code


@pytest.mark.parametrize("magic", ["shell", "bash", "bigquery", "script false"])
def test_cells_in_other_languages_are_passed_over(magic: str, extracted: Extracted) -> None:
    """A cell that Jupyter does not run as Python is not reported as invalid."""
    assert extracted(f"%%{magic}\nfor i in 1 2; do\nA = 1", "def answer(x): return x").remarks == ()
