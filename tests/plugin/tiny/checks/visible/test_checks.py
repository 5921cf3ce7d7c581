# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""The visible checks of the tiny assignment, in an order that is not the one in which they must run."""

import pytest

from grader import compare
from grader.result import Figure, FigureCells


@pytest.mark.exercise("scale")
@pytest.mark.points(1)
@pytest.mark.hint("Multiply by factor.")
@pytest.mark.parametrize("numbers", [pytest.param([1.0, 2.0], id="short"), pytest.param([5.0] * 3, id="equal")])
def test_scale(student, reference, figure, numbers):
    """It scales.

    More words for authors.
    """
    figure(Figure("bars", "Numbers", ["a"], ["b"], FigureCells(), FigureCells()))
    compare.close(student.scale(numbers), reference.scale(numbers), axes=("i",), name="numbers")


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    first, second = compare.parts(student.pair(5), ("first", "second"))
    assert first == 5, "The first number is the one that was given."
    assert second == 10
