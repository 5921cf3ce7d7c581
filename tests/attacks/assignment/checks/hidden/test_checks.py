# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""The hidden checks: numbers from secret.json, which a run may replace by others."""

import json
from pathlib import Path

import pytest

from grader import compare

SECRET = json.loads((Path(__file__).parents[2] / "secret.json").read_text())


def check_predict(student, reference, numbers):
    compare.close(student.predict(numbers), reference.predict(numbers), axes=("class",), name="probabilities")


@pytest.mark.exercise("predict")
@pytest.mark.points(1)
@pytest.mark.parametrize("numbers", SECRET["numbers"])
def test_predict_hidden(student, reference, numbers):
    """It gives the model's probabilities for other numbers."""
    check_predict(student, reference, numbers)


@pytest.mark.exercise("predict")
@pytest.mark.points(3)
def test_predict_again(student, reference):
    """It answers the same when it is asked again."""
    for numbers in (SECRET["numbers"][0], [1.0, 2.0, 3.0], SECRET["numbers"][0]):
        check_predict(student, reference, numbers)
