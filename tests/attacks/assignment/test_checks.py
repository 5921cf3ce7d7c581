# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""The checks; what is hidden is drawn from secret.json, which a run may replace by other numbers."""

import json
from pathlib import Path

import pytest

from grader import compare
from grader.result import Figure, FigureCells

SECRET = json.loads((Path(__file__).parent / "secret.json").read_text())


def check_predict(student, reference, numbers):
    compare.close(student.predict(numbers), reference.predict(numbers), axes=("class",), name="probabilities")


@pytest.mark.exercise("predict")
@pytest.mark.points(1)
@pytest.mark.parametrize("numbers", [[1.0, 2.0, 3.0], [0.5, -1.0, 0.25]])
def test_predict(student, reference, figure, numbers):
    """It gives the model's probabilities."""
    figure(Figure("bars", "Numbers", ["a"], ["b"], FigureCells(), FigureCells()))
    check_predict(student, reference, numbers)


@pytest.mark.exercise("predict")
@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.parametrize("numbers", SECRET["numbers"])
def test_predict_hidden(student, reference, numbers):
    """It gives the model's probabilities for other numbers."""
    check_predict(student, reference, numbers)


@pytest.mark.exercise("predict")
@pytest.mark.points(3)
@pytest.mark.visibility("hidden")
def test_predict_again(student, reference):
    """It answers the same when it is asked again."""
    for numbers in (SECRET["numbers"][0], [1.0, 2.0, 3.0], SECRET["numbers"][0]):
        check_predict(student, reference, numbers)


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    first, second = compare.parts(student.pair(5), ("first", "second"))
    assert first == 5, "The first number is the one that was given."
    assert second == 10
