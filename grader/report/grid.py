"""The layout of a figure's grid: text, value, colour and difference of each cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.report import messages
from grader.report.display_text import measured
from grader.report.figure_values import NOTICEABLE, Place, shown, text_at, value_at, wrong_places
from grader.result import Figure, FigureCells

MOST_ROWS, MOST_COLUMNS = 48, 32
LEVELS = 15
"""How many colours the scale has: the classes ``v0`` to ``v14`` of ``page.css``."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a panel; ``level`` is the class of its colour, empty where it has none."""

    text: str
    value: str
    level: str
    differs: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a panel; ``note`` counts its wrong cells, in the panel of differences."""

    label: str
    cells: tuple[GridCell, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One table of a grid, its rows in page order: the figure's first row is the last."""

    title: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A figure ready to be shown.

    ``errors`` is the map of the differences, None where no value differs; ``first`` the label of the first row with a
    cell that is wrong, empty where none is. ``judged`` is whether the checks said which cells are wrong.
    """

    figure: Figure
    columns: tuple[str, ...]
    panels: tuple[Panel, ...]
    errors: Panel | None
    first: str
    judged: bool
    low: str
    high: str
    texts_differ: int
    values_differ: int
    total: int
    size: int
    cut: bool
    levels: tuple[str, ...] = tuple(f"v{n}" for n in range(LEVELS))


@dataclass(frozen=True, slots=True)
class _CommonLayout:
    """What all panels of a figure share: labels, the ends of the scale, and the wrong places."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    low: float
    high: float
    differs: Mapping[Place, bool]


def lay_out(figure: Figure) -> Grid | None:
    """Lay a figure out, or return None when there is nothing to show.

    The scale is the reference's, so that its panel looks the same in every report; values beyond take the end's colour.
    """
    rows = tuple(shown(r) for r in figure.rows[:MOST_ROWS])
    columns = tuple(shown(c) for c in figure.columns[:MOST_COLUMNS])
    if not (rows and columns and (figure.student or figure.reference)):
        return None
    low, high = _scale((figure.reference, figure.student), len(rows), len(columns))
    differs = wrong_places(figure, len(rows), len(columns), high - low)
    common = _CommonLayout(rows, columns, low, high, differs)
    named = (("Your answer", figure.student), ("Reference", figure.reference))
    return Grid(
        figure=figure,
        columns=columns,
        panels=tuple(_panel(title, cells, common) for title, cells in named if cells),
        errors=_difference_panel(figure, common),
        first=rows[min(differs)[0]] if differs else "",
        judged=figure.wrong is not None,
        low=measured(low if abs(low) > NOTICEABLE * (high - low) else 0.0),
        high=measured(high),
        texts_differ=sum(differs.values()),
        values_differ=len(differs) - sum(differs.values()),
        total=len(rows) * len(columns),
        size=len(figure.rows) * len(figure.columns),
        cut=len(rows) < len(figure.rows) or len(columns) < len(figure.columns),
    )


def colour_level(value: float, low: float, high: float) -> str:
    """Return the class of a value's colour; beyond the scale it is that of its end."""
    if math.isnan(value):
        return "nan"
    part = (value - low) / (high - low) if high > low else 0.0
    return f"v{round(min(max(part, 0.0), 1.0) * (LEVELS - 1))}"


def _panel(title: str, cells: FigureCells, common: _CommonLayout) -> Panel:
    rows = []
    for row, label in enumerate(common.rows):
        line = tuple(_grid_cell(cells, (row, column), common) for column in range(len(common.columns)))
        rows.append(GridRow(label, line))
    return Panel(title, tuple(reversed(rows)))


def _grid_cell(cells: FigureCells, place: Place, common: _CommonLayout) -> GridCell:
    value = value_at(cells, *place)
    level = colour_level(value, common.low, common.high)
    return GridCell(text_at(cells, *place), measured(value), level, place in common.differs)


def _difference_panel(figure: Figure, common: _CommonLayout) -> Panel | None:
    """Map how far each wrong cell is off; right ones stay empty."""
    off = {place: value_at(figure.student, *place) - value_at(figure.reference, *place) for place in common.differs}
    worst = max((abs(d) for d in off.values() if math.isfinite(d)), default=0.0)
    if not worst:
        return None
    rows = []
    for row, label in enumerate(common.rows):
        cells = tuple(_difference_cell(off.get((row, column)), worst) for column in range(len(common.columns)))
        wrong = sum(cell.differs for cell in cells)
        rows.append(GridRow(label, cells, f"{wrong} of {len(cells)}" if wrong else ""))
    return Panel(messages.DIFFERENCE, tuple(reversed(rows)))


def _difference_cell(difference: float | None, worst: float) -> GridCell:
    if difference is None:
        return GridCell("", "", "", differs=False)
    text = f"{difference:+.2g}".replace("-", "\u2212") if difference else "text"
    return GridCell(text, "", colour_level(abs(difference), 0.0, worst), differs=True)


def _scale(candidates: Sequence[FigureCells], rows: int, columns: int) -> tuple[float, float]:
    """Return the ends of the first grid that has a range of values."""
    for cells in candidates:
        found = [value_at(cells, r, c) for r in range(rows) for c in range(columns)]
        finite = [v for v in found if math.isfinite(v)]
        if finite and min(finite) < max(finite):
            return min(finite), max(finite)
    return 0.0, 1.0
