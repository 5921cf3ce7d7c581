# ruff: noqa: ANN001, ANN201, F821 - as short as an author may write it; some names are provided
"""Two mistakes that have a name."""

MISCONCEPTIONS = [
    {
        "id": "logits",
        "exercise": "predict",
        "title": "Scores instead of probabilities",
        "hint": "Take the softmax.",
        "credit": 0.5,
    },
    {"id": "backwards", "exercise": "predict", "title": "The classes are backwards", "hint": "Do not turn them round."},
]


def logits(numbers):
    return model(t.tensor(numbers))


def backwards(numbers):
    return t.softmax(model(t.tensor(numbers)).flip(0), dim=-1)
