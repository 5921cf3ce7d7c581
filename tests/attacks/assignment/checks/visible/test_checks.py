# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""The visible checks."""

import pytest

from grader import compare
from grader.result import Figure, FigureCells


@pytest.mark.exercise("predict")
@pytest.mark.points(1)
@pytest.mark.parametrize("numbers", [[1.0, 2.0, 3.0], [0.5, -1.0, 0.25]])
def test_predict(student, reference, figure, numbers):
    """It gives the model's probabilities."""
    figure(Figure("bars", "Numbers", ["a"], ["b"], FigureCells(), FigureCells()))
    compare.close(student.predict(numbers), reference.predict(numbers), axes=("class",), name="probabilities")


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    first, second = compare.parts(student.pair(5), ("first", "second"))
    assert first == 5, "The first number is the one that was given."
    assert second == 10
