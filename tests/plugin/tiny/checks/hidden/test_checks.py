# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""The hidden checks of the tiny assignment."""

import pytest

from grader import compare


def check_scale(student, reference, numbers):
    compare.close(student.scale(numbers), reference.scale(numbers), axes=("i",), name="numbers")


@pytest.mark.exercise("scale")
@pytest.mark.points(1)
def test_scale_secret(student, reference):
    """It scales secret numbers."""
    check_scale(student, reference, [4711.0])


@pytest.mark.exercise("scale")
@pytest.mark.points(1)
@pytest.mark.model("three")
def test_scale_by_three(student, reference):
    """It scales by another factor."""
    check_scale(student, reference, [1.0, 2.0])
