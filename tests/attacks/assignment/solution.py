# ruff: noqa: ANN001, ANN201, F821 - as short as an author may write it; some names are provided
"""The right answers; no student may read this file."""


def predict(numbers):
    return t.softmax(model(t.tensor(numbers)), dim=-1)


def pair(number):
    return number, 2 * number
