"""The texts and numbers of a figure's cells, and which cells are wrong.

Cells may be missing in a stored figure.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from grader.result import Figure, FigureCells
from grader.sanitize import visible

NOTICEABLE = 0.01  # of the scale: values nearer than this look the same

Place = tuple[int, int]


def text_at(cells: FigureCells, row: int, column: int) -> str:
    """Return the text at a place, spaces made visible; empty where there is none."""
    found = _cell_at(cells.text, row, column)
    return "" if found is None else shown(str(found))


def value_at(cells: FigureCells, row: int, column: int) -> float:
    """Return the number at a place; NaN where there is none."""
    try:
        return float(_cell_at(cells.value, row, column))
    except (TypeError, ValueError):
        return math.nan


def shown(token: str) -> str:
    """Return a text with spaces, tabs and line ends made visible."""
    return visible(token).replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥")[:200]


def wrong_places(figure: Figure, rows: int, columns: int, span: float) -> dict[Place, bool]:
    """Return the wrong places: True where the texts differ, False where only values do.

    What the check found wrong counts, and where that is not known, what looks different on a scale of length ``span``.
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


def _cell_at(grid: list[list[Any]] | None, row: int, column: int) -> Any:
    try:
        return grid[row][column] if grid else None
    except IndexError:
        return None
