"""Validate a figure when a check attaches it: a faulty one is the author's fault."""

from __future__ import annotations

from numbers import Real
from typing import Any

from grader.errors import CheckError
from grader.result import Figure

TEXTS = ("kind", "title", "row_axis", "column_axis", "value_name")
LABELS = ("rows", "columns")
PANELS = ("student", "reference")


def check_figure(figure: Figure) -> None:
    """Raise CheckError, which names the field, unless a figure's fields are what :class:`Figure` says.

    ``student`` and ``reference`` are empty, or hold as many texts, values or both as there are rows and columns. A
    cell's text, or its value, may be None.
    """
    if not isinstance(figure, Figure):
        raise CheckError(f"figure(...) takes a grader.result.Figure, not an object of type {type(figure).__name__}.")
    for name in TEXTS:
        if not isinstance(getattr(figure, name), str):
            raise CheckError(f"Figure: `{name}` must be a text.")
    for name in LABELS:
        labels = getattr(figure, name)
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise CheckError(f"Figure: `{name}` must be a list of texts.")
    for name in PANELS:
        _check_panel(name, getattr(figure, name), len(figure.rows), len(figure.columns))


def _check_panel(name: str, panel: Any, rows: int, columns: int) -> None:
    if not isinstance(panel, dict) or not panel.keys() <= {"text", "value"}:
        raise CheckError(f'Figure: `{name}` must be a dictionary of "text" and "value", or empty.')
    for key, grid in panel.items():
        lines = grid if isinstance(grid, list) else []
        if len(lines) != rows or not all(isinstance(line, list) and len(line) == columns for line in lines):
            raise CheckError(f'Figure: "{key}" of `{name}` must be {rows} x {columns} cells, a list for each row.')
        kind, what = (str, "texts") if key == "text" else (Real, "numbers")
        if not all(cell is None or isinstance(cell, kind) for line in lines for cell in line):
            raise CheckError(f'Figure: "{key}" of `{name}` must hold {what}, and None where there is none.')
