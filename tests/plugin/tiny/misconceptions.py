# ruff: noqa: ANN001, ANN201, F821 - as short as an author may write it; some names are provided
"""One wrong variant that answers, one that only raises."""

MISCONCEPTIONS = [
    {"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."},
    {"id": "scale_raises", "exercise": "scale", "title": "It raises", "hint": "Do not."},
]


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor


def scale_raises(numbers):
    raise ValueError(numbers)
