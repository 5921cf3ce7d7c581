# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""Checks that ask for as many answers as some assignments do, to attack the examiner."""

import pytest

from grader import compare

NUMBERS = [[float(n), 0.0, 1.0] for n in range(32)]


def check_predict(answer, reference, numbers):
    compare.close(answer, reference.predict(numbers), axes=("class",), name="probabilities")


@pytest.mark.exercise("predict")
@pytest.mark.points(6 / 32)
@pytest.mark.parametrize("numbers", NUMBERS)
def test_predict(student, reference, numbers):
    """It gives the model's probabilities."""
    check_predict(student.predict(numbers), reference, numbers)


@pytest.mark.exercise("predict")
@pytest.mark.points(2)
def test_predict_all(student, reference):
    """It gives the model's probabilities for all numbers."""
    for numbers, answer in [(numbers, student.predict(numbers)) for numbers in NUMBERS]:
        check_predict(answer, reference, numbers)


@pytest.mark.exercise("pair")
@pytest.mark.points(2)
def test_pair(student):
    """It makes a pair."""
    compare.unordered(student.pair(5), [5, 10], name="numbers")
