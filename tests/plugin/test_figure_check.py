"""A figure is validated where the check attaches it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from grader.errors import CheckError
from grader.plugin.figure_check import checked_figure
from grader.result import Figure, FigureCells
from grader.typed_json import plain

GRID = FigureCells([["a", None]], [[0.5, None]])
FIGURE = Figure("lens", "Title", ["0"], ["a", "b"], GRID, GRID)


@pytest.mark.parametrize(
    "student", [GRID, FigureCells(), FigureCells([["a", "b"]]), FigureCells(value=[[1, float("nan")]])]
)
def test_a_grid_of_texts_and_numbers_is_a_figure(student: FigureCells) -> None:
    """An answer that cannot be laid out has no panel, and a cell may be empty."""
    checked_figure(dataclasses.replace(FIGURE, student=student))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", 3, "`title` must be a text"),
        ("rows", ["0", 1], "`rows` must be a list of texts"),
        ("columns", "ab", "`columns` must be a list of texts"),
        ("student", {"text": [["a", "b"]]}, "`student` must be a grader.result.FigureCells"),
        ("student", FigureCells([["a"]]), "`text` of `student` must be 1 x 2 cells"),
        ("reference", FigureCells(value=[[1, 2], [3, 4]]), "`value` of `reference` must be 1 x 2 cells"),
        ("reference", FigureCells(value=[["1", "2"]]), "`value` of `reference` must hold numbers"),
        ("student", FigureCells([["a", 1]]), "`text` of `student` must hold texts"),
    ],
)
def test_a_fault_in_a_figure_is_the_checks(field: str, value: Any, said: str) -> None:
    """The sentence names the field and what it must be."""
    with pytest.raises(CheckError, match=said):
        checked_figure(dataclasses.replace(FIGURE, **{field: value}))


def test_numbers_of_a_library_can_be_written() -> None:
    """Numbers of a library can be written as JSON.

    JSON knows none of NumPy's, and an examiner that sent one would end without a result.
    """
    attached = checked_figure(dataclasses.replace(FIGURE, student=FigureCells(value=[[np.float32(0.5), np.int64(2)]])))

    assert json.dumps(plain(attached.student)) == '{"value": [[0.5, 2.0]]}'


def test_what_is_no_figure_is_refused() -> None:
    """A drawing of another library cannot be attached."""
    with pytest.raises(CheckError, match=r"takes a grader\.result\.Figure, not an object of type dict"):
        checked_figure({})  # type: ignore[arg-type]
