"""Validate a figure when a check attaches it: a faulty one is the author's fault."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import Any

from grader.errors import CheckError
from grader.plugin import messages
from grader.result import Figure, FigureCells

TEXTS = ("kind", "title", "row_axis", "column_axis", "value_name")
LABELS = ("rows", "columns")


def checked_figure(figure: Figure) -> Figure:
    """Return a figure with Python's own numbers, after checking what its fields hold.

    ``student`` and ``reference`` are empty, or hold as many texts, values or both as there are rows and columns. A
    cell's text, or its value, may be None. Raises CheckError, which names the field.
    """
    if not isinstance(figure, Figure):
        raise CheckError(messages.no_figure(type(figure).__name__))
    for name in TEXTS:
        if not isinstance(getattr(figure, name), str):
            raise CheckError(messages.figure_field(f"`{name}`", messages.A_TEXT))
    for name in LABELS:
        labels = getattr(figure, name)
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise CheckError(messages.figure_field(f"`{name}`", messages.A_LIST_OF_TEXTS))
    size = (len(figure.rows), len(figure.columns))
    return replace(
        figure,
        student=_checked_cells("student", figure.student, *size),
        reference=_checked_cells("reference", figure.reference, *size),
    )


def _checked_cells(name: str, cells: Any, rows: int, columns: int) -> FigureCells:
    if not isinstance(cells, FigureCells):
        raise CheckError(messages.figure_field(f"`{name}`", messages.FIGURE_CELLS))
    for key, kind, what in (("text", str, "texts"), ("value", Real, "numbers")):
        if (grid := getattr(cells, key)) is None:
            continue
        lines = grid if isinstance(grid, list) else []
        if len(lines) != rows or not all(isinstance(line, list) and len(line) == columns for line in lines):
            raise CheckError(messages.figure_field(f"`{key}` of `{name}`", messages.grid_of(rows, columns)))
        if not all(cell is None or isinstance(cell, kind) for line in lines for cell in line):
            raise CheckError(messages.figure_field(f"`{key}` of `{name}`", messages.cells_of(what)))
    value = cells.value and [[None if cell is None else float(cell) for cell in line] for line in cells.value]
    return replace(cells, value=value)
