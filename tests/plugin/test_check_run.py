"""A check being run: which cells of its figure the comparator found wrong."""

from __future__ import annotations

import numpy as np
import pytest

from grader import compare
from grader.compare import MismatchError
from grader.plugin.check_run import CheckRun
from grader.plugin.markers import CheckMarkers
from grader.result import Figure, FigureCells, Visibility
from grader.value import Tensor

AXES = ("position", "layer")


def check_run(row_axis: str = "layer") -> CheckRun:
    """Return a check being run that has attached a figure."""
    markers = CheckMarkers("test_x", "X", "f", 1.0, Visibility.VISIBLE, "", "m", draws=False)
    return CheckRun(
        markers,
        figure=Figure("lens", "X", [], [], FigureCells(), FigureCells(), row_axis=row_axis, column_axis="position"),
    )


def wrong_cells(check_run: CheckRun, error: BaseException | None) -> list[list[int]] | None:
    check_run.mark_figure(error)
    assert check_run.figure is not None
    return check_run.figure.wrong


def mismatch() -> MismatchError:
    """Return what a comparator raises for a wrong and a not quite exact position.

    Position 2 of layer 1 is off, position 0 is not quite exact.
    """
    right = np.ones((3, 2))
    given = right.copy()
    given[2, 1], given[0, 0] = 2, 1.001
    with pytest.raises(MismatchError) as caught:
        compare.close(Tensor(given, "float64"), Tensor(right, "float64"), axes=AXES, name="kl")
    return caught.value


def test_a_figure_marks_what_the_check_counted() -> None:
    """A figure marks cells by the comparator's tolerance, whatever the answer's axes' order."""
    assert wrong_cells(check_run(), mismatch()) == [[1, 2]]


def test_the_figure_of_a_check_that_was_passed_marks_nothing() -> None:
    """Nothing is wrong then, even where numbers are not quite the same."""
    assert wrong_cells(check_run(), None) == []


def test_a_figure_that_shows_something_else_does_not_know() -> None:
    """Other axes, or an error that is about no single elements."""
    assert wrong_cells(check_run(row_axis="head"), mismatch()) is None
    assert wrong_cells(check_run(), AssertionError("no")) is None
