# ruff: noqa: ANN001, ANN201, F821 - as short as an author may write it; some names are provided
"""The right answers."""

import numpy as np


def scale(numbers):
    return np.asarray(numbers, "float32") * factor


def pair(number):
    return number, number * factor


def breaks():
    raise RuntimeError("the reference is broken")
