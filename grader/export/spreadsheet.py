"""Write tables that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.english import short_decimal
from grader.sanitize import visible

# A spreadsheet runs a cell that starts with one of these as a formula; some fold the full-width forms too.
# In many locales a spreadsheet splits at semicolons or tabs, and knows no quotes within a cell.
_FORMULA = re.compile("(^|[;\t\n])(?=[=+\\-@\t\n＝＋－＠])")  # noqa: RUF001 - the look-alikes are the point


def spreadsheet(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8 in which no cell is a formula.

    A row with a cell that some spreadsheets would split, at a semicolon or tab, is quoted in full.
    """
    text = io.StringIO(newline="")
    plain, quoted = csv.writer(text), csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in rows:
        cells = [safe_cell(cell) for cell in row]
        split = any(mark in cell for cell in cells for mark in ";\t")
        (quoted if split else plain).writerow(cells)
    return text.getvalue().encode()


def safe_cell(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula and no terminal for an order."""
    return _FORMULA.sub(r"\1'", visible(value))


def precise_score(value: float, mark: str = ".") -> str:
    """Return the shortest decimal of a score, to a ten-thousandth and without an exponent."""
    return short_decimal(value, 4).replace(".", mark)
