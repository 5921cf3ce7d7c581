"""The layout of a figure's grid: place, text, colour and difference of each cell."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.report.colormap import STOPS, colour, ink
from grader.report.display_text import fit, measured, width
from grader.report.figure_values import NOTICEABLE, Place, Values, shown, text_at, value_at, wrong_places
from grader.result import Figure
from grader.sanitize import visible

MOST_ROWS, MOST_COLUMNS = 48, 32
WIDEST, WIDEST_ROW = 9, 12  # letters of a token that a cell shows, and of a row's name
LETTER, PADDING, CELL_HEIGHT = 6.3, 8, 24
TOP = 24


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a panel: its whole ``text``, its ``value``, and what fits (``label``)."""

    text: str
    value: str
    label: str
    x: float
    y: float
    fill: str
    ink: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One grid; ``cells`` are rows of cells, the figure's first row first.

    ``notes`` stand to the right of the rows, where there are any.
    """

    title: str
    cells: tuple[tuple[GridCell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A figure ready to be drawn, lengths in pixels.

    ``errors`` is the map of the differences, None where no value differs; ``first`` the label of the first row with a
    cell that is wrong, empty where none is. ``judged`` is whether the checks said which cells are wrong.
    """

    figure: Figure
    axis_label: str
    row_labels: tuple[str, ...]
    columns: tuple[str, ...]
    column_labels: tuple[str, ...]
    panels: tuple[Panel, ...]
    errors: Panel | None
    first: str
    judged: bool
    left: float
    cell_width: float
    width: float
    height: float
    low: str
    high: str
    texts_differ: int
    values_differ: int
    total: int
    size: int
    cut: bool

    @property
    def stops(self) -> tuple[str, ...]:
        """The colours of the scale, from its low to its high end."""
        return STOPS

    def x(self, column: int) -> float:
        """Return the left edge of a column."""
        return self.left + column * self.cell_width

    def y(self, row: int) -> float:
        """Return the upper edge of a row; the first row is the lowest."""
        return _y(row, len(self.row_labels))


@dataclass(frozen=True, slots=True)
class _CommonLayout:
    """What all cells of a figure share."""

    rows: int
    columns: int
    left: float
    size: float
    letters: int
    low: float
    high: float
    differs: Mapping[Place, bool]


def lay_out(figure: Figure) -> Grid | None:
    """Lay a figure out, or return None when there is nothing to draw.

    The scale is the reference's, so that its panel looks the same in every report; values beyond take the end's colour.
    """
    rows = [fit(visible(r), WIDEST_ROW) for r in figure.rows[:MOST_ROWS]]
    columns = [shown(c) for c in figure.columns[:MOST_COLUMNS]]
    axis = fit(visible(figure.row_axis), WIDEST_ROW)
    if not (rows and columns and (figure.student or figure.reference)):
        return None
    common = _common_layout(figure, [axis, *rows], columns)
    named = (("Your answer", figure.student), ("Reference", figure.reference))
    return Grid(
        figure=figure,
        axis_label=axis,
        row_labels=tuple(rows),
        columns=tuple(columns),
        column_labels=tuple(fit(c, common.letters) for c in columns),
        panels=tuple(_panel(title, values, common) for title, values in named if values),
        errors=_difference_panel(figure, common),
        first=rows[min(common.differs)[0]] if common.differs else "",
        judged=figure.wrong is not None,
        left=common.left,
        cell_width=common.size,
        width=common.left + len(columns) * common.size + 2,
        height=TOP + len(rows) * CELL_HEIGHT + 2,
        low=measured(common.low if abs(common.low) > NOTICEABLE * (common.high - common.low) else 0.0),
        high=measured(common.high),
        texts_differ=sum(common.differs.values()),
        values_differ=len(common.differs) - sum(common.differs.values()),
        total=len(rows) * len(columns),
        size=len(figure.rows) * len(figure.columns),
        cut=len(rows) < len(figure.rows) or len(columns) < len(figure.columns),
    )


def _common_layout(figure: Figure, names: Sequence[str], columns: Sequence[str]) -> _CommonLayout:
    rows = len(names) - 1
    low, high = _scale((figure.reference, figure.student), rows, len(columns))
    places = list(itertools.product((figure.student, figure.reference), range(rows), range(len(columns))))
    letters = min(WIDEST, max(5, *(width(c) for c in columns), *(width(text_at(*place)) for place in places)))
    return _CommonLayout(
        rows=rows,
        columns=len(columns),
        left=max(width(name) for name in names) * LETTER + PADDING,
        size=letters * LETTER + PADDING,
        letters=letters,
        low=low,
        high=high,
        differs=wrong_places(figure, rows, len(columns), high - low),
    )


def _panel(title: str, values: Values, common: _CommonLayout) -> Panel:
    columns = range(common.columns)
    return Panel(title, tuple(tuple(_grid_cell(values, row, c, common) for c in columns) for row in range(common.rows)))


def _difference_panel(figure: Figure, common: _CommonLayout) -> Panel | None:
    """Map how far each wrong cell is off; right ones stay empty."""
    off = {place: value_at(figure.student, *place) - value_at(figure.reference, *place) for place in common.differs}
    worst = max((abs(d) for d in off.values() if math.isfinite(d)), default=0.0)
    if not worst:
        return None
    cells = tuple(
        tuple(_difference_cell((row, column), off, worst, common) for column in range(common.columns))
        for row in range(common.rows)
    )
    counts = (sum(cell.differs for cell in row) for row in cells)
    notes = tuple(f"{n} of {common.columns}" if n else "" for n in counts)
    return Panel("Your answer minus the reference, where it is wrong", cells, notes)


def _difference_cell(place: Place, off: Mapping[Place, float], worst: float, common: _CommonLayout) -> GridCell:
    row, column = place
    wrong = place in off
    difference = off.get(place, 0.0)
    fill = colour(abs(difference), 0.0, worst) if wrong else "none"
    text = f"{difference:+.2g}".replace("-", "\u2212") if wrong and difference else "word" if wrong else ""
    return GridCell(
        text=text,
        value="",
        label=fit(text, common.letters),
        x=common.left + column * common.size,
        y=_y(row, common.rows),
        fill=fill,
        ink=ink(fill) if wrong else "none",
        differs=wrong,
    )


def _grid_cell(values: Values, row: int, column: int, common: _CommonLayout) -> GridCell:
    text, value = text_at(values, row, column), value_at(values, row, column)
    fill = colour(value, common.low, common.high)
    return GridCell(
        text=text,
        value=measured(value),
        label=fit(text, common.letters),
        x=common.left + column * common.size,
        y=_y(row, common.rows),
        fill=fill,
        ink=ink(fill),
        differs=(row, column) in common.differs,
    )


def _y(row: int, rows: int) -> float:
    return TOP + (rows - 1 - row) * CELL_HEIGHT


def _scale(candidates: Sequence[Values], rows: int, columns: int) -> tuple[float, float]:
    """Return the ends of the first grid that has a range of values."""
    for values in candidates:
        found = [value_at(values, r, c) for r in range(rows) for c in range(columns)]
        finite = [v for v in found if math.isfinite(v)]
        if finite and min(finite) < max(finite):
            return min(finite), max(finite)
    return 0.0, 1.0
