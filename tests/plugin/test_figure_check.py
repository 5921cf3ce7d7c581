"""A figure is validated where the check attaches it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from grader.errors import CheckError
from grader.plugin.figure_check import check_figure
from grader.result import Figure

GRID = {"text": [["a", None]], "value": [[0.5, None]]}
FIGURE = Figure("lens", "Title", ["0"], ["a", "b"], GRID, GRID)


@pytest.mark.parametrize("student", [GRID, {}, {"text": [["a", "b"]]}, {"value": [[1, float("nan")]]}])
def test_a_grid_of_texts_and_numbers_is_a_figure(student: dict[str, Any]) -> None:
    """An answer that cannot be laid out has no panel, and a cell may be empty."""
    check_figure(dataclasses.replace(FIGURE, student=student))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", 3, "`title` must be a text"),
        ("rows", ["0", 1], "`rows` must be a list of texts"),
        ("columns", "ab", "`columns` must be a list of texts"),
        ("student", [GRID], '`student` must be a dictionary of "text" and "value"'),
        ("student", {"texts": [["a", "b"]]}, '`student` must be a dictionary of "text" and "value"'),
        ("student", {"text": [["a"]]}, '"text" of `student` must be 1 x 2 cells'),
        ("reference", {"value": [[1, 2], [3, 4]]}, '"value" of `reference` must be 1 x 2 cells'),
        ("reference", {"value": [["1", "2"]]}, '"value" of `reference` must hold numbers'),
        ("student", {"text": [["a", 1]]}, '"text" of `student` must hold texts'),
    ],
)
def test_a_fault_in_a_figure_is_the_checks(field: str, value: Any, said: str) -> None:
    """The sentence names the field and what it must be."""
    with pytest.raises(CheckError, match=said):
        check_figure(dataclasses.replace(FIGURE, **{field: value}))


def test_what_is_no_figure_is_refused() -> None:
    """A drawing of another library cannot be attached."""
    with pytest.raises(CheckError, match=r"takes a grader\.result\.Figure, not an object of type dict"):
        check_figure({})  # type: ignore[arg-type]
