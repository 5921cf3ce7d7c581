"""A figure's values read place by place: its grids may have holes, because a student's answer may be of any shape."""

from __future__ import annotations

import itertools
import math
from typing import Any

from grader.result import Figure
from grader.sanitize import visible

NOTICEABLE = 0.01  # of the scale: values nearer than this look the same

Values = dict[str, list[list[Any]]]
Place = tuple[int, int]


def text_at(values: Values, row: int, column: int) -> str:
    """Return the text at a place, spaces made visible; empty where there is none."""
    found = _at(values, "text", row, column)
    return "" if found is None else shown(str(found))


def value_at(values: Values, row: int, column: int) -> float:
    """Return the number at a place; NaN where there is none."""
    try:
        return float(_at(values, "value", row, column))
    except (TypeError, ValueError):
        return math.nan


def shown(token: str) -> str:
    """Return a token with the space that it may start with, and line ends, made visible."""
    return visible(token).replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥")[:200]


def wrong_places(figure: Figure, rows: int, columns: int, span: float) -> dict[Place, bool]:
    """Return the places at which the student's answer is wrong: True where the texts differ, else only the values.

    The check's word counts; where it is not known, what looks different is wrong, ``span`` being the scale's length.
    """
    if not (figure.student and figure.reference):
        return {}
    judged = None if figure.wrong is None else {(row, column) for row, column in figure.wrong}
    found = {}
    for place in itertools.product(range(rows), range(columns)):
        texts = text_at(figure.student, *place) != text_at(figure.reference, *place)
        if (texts or _far(figure, place, span)) if judged is None else place in judged:
            found[place] = texts
    return found


def _far(figure: Figure, place: Place, span: float) -> bool:
    one, other = value_at(figure.student, *place), value_at(figure.reference, *place)
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) != math.isnan(other)
    return one != other and abs(one - other) > NOTICEABLE * span


def _at(values: Values, key: str, row: int, column: int) -> Any:
    try:
        return values[key][row][column]
    except (KeyError, IndexError, TypeError):
        return None
