# ruff: noqa: ANN001, ANN201, F821 - as short as an author may write it; some names are provided
"""Wrong variants that answer, alone and together, and one that only raises."""

MISCONCEPTIONS = [
    {"id": "scale_adds", "exercise": "scale", "title": "It adds", "hint": "Multiply."},
    {"id": "scale_raises", "exercise": "scale", "title": "It raises", "hint": "Do not."},
    {"id": "scale_negates", "exercise": "scale", "title": "It negates", "hint": "Mind the sign."},
]
PAIRS = {"scale_adds": ["scale_negates"]}


def scale_adds(numbers):
    return np.asarray(numbers, "float32") + factor


def scale_raises(numbers):
    raise ValueError(numbers)


def scale_negates(numbers):
    return -np.asarray(numbers, "float32") * factor


def both(first, second, numbers):
    assert (first, second) == ("scale_adds", "scale_negates")
    return -scale_adds(numbers)
