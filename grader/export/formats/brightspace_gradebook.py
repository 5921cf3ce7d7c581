"""Brightspace's gradebook: the exported CSV with ``Points Grade`` filled in.

A grade item's column is titled with its name and ``Points Grade``, every row ends with the ``End-of-Line Indicator``
(Brightspace's "Importing grades"). A classlist, which has no grade items, gets a new one.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.export import messages
from grader.export.csv_document import CsvDocument
from grader.export.matching import match_rows, most_points, require_points
from grader.export.platform_table import exported, fill_column, numeric, open_table, people_by_row
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score

_ITEM = re.compile(r"(?P<title>.*?) Points Grade(?: <(?P<more>.*)>)?")
_MAX_POINTS = re.compile(r"\bMaxPoints:(\d+(?:[.,]\d+)?)")
_END_COLUMN = "end-of-line indicator"


def export(request: Request) -> Exported:
    """Fill the item's column, or add one where the file has none at all."""
    table = open_table(request)
    header = [text.strip() for text in table.rows[0]]
    if header[-1].casefold() != _END_COLUMN:
        raise UsageError(messages.not_of_brightspace(table.path))
    items = {n: match for n, text in enumerate(header) if (match := _ITEM.fullmatch(text))}
    if not items:
        return exported(request, table, *_add_item(request, table))
    title = request.options.column or request.title
    fits = [n for n, m in items.items() if title.strip().casefold() in (m["title"].casefold(), m[0].casefold())]
    if len(fits) != 1:
        raise UsageError(messages.no_one_column(table.path, title, len(fits), [m["title"] for m in items.values()]))
    most = _MAX_POINTS.search(items[fits[0]]["more"] or "")
    what = messages.column_in(items[fits[0]]["title"], table.path)
    factor = require_points(request, numeric(most[1]) if most else None, what)
    return exported(request, table, *fill_column(request, table, fits[0], factor=factor, mark=".").remarks)


def _add_item(request: Request, table: CsvDocument) -> tuple[str, ...]:
    matching = match_rows(request, people_by_row(table), table.path)
    grades = [""] * len(table.rows)
    for row, result in matching.results.items():
        grade = request.grade_of(result)
        grades[row] = "" if grade is None else precise_score(grade)
    most = precise_score(most_points(request))
    title = request.options.column or request.title
    grades[0] = f"{title} Points Grade <Numeric MaxPoints:{most}>"
    table.insert_column(len(table.rows[0]) - 1, grades)
    return matching.remarks
