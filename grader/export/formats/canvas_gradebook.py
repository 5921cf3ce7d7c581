"""Canvas's gradebook: the exported CSV with the assignment's column filled in.

Canvas finds the column by the number in its title, and the people by their IDs; a title that it does not know makes a
new assignment (canvas-lms, lib/gradebook_importer.rb).
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import UsageError
from grader.export import messages
from grader.export.grades import who
from grader.export.matching import require_points
from grader.export.platform_table import cell, decimal_mark, exported, fill_column, numeric, open_table
from grader.export.request import Exported, Request

_ASSIGNMENT = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")
_NO_GRADES = frozenset({"EX", "N/A"})  # excused; not assigned to this person


def export(request: Request) -> Exported:
    """Fill the assignment's column; who is excused, or not assigned, stays so."""
    table = open_table(request)
    column = _column(request, table.rows[0], table.path)
    points = next((n for n, row in enumerate(table.rows[:3]) if row[0].strip().startswith("Points Possible")), None)
    given = cell(table, points, column) if points is not None else ""
    if "read only" in given.casefold():
        raise UsageError(messages.computed_by_canvas(table.path, table.rows[0][column]))
    factor = require_points(request, numeric(given), messages.column_in(table.rows[0][column], table.path))
    mark = decimal_mark(table, (value for row in table.rows[1:] for value in row[column:]))
    excused = {row for row in range(1, len(table.rows)) if cell(table, row, column).upper() in _NO_GRADES}
    matching = fill_column(request, table, column, factor=factor, mark=mark, kept=excused)
    left = [who(result) for row, result in matching.results.items() if row in excused]
    remarks = [messages.left_by_canvas(left)] if left else []
    return exported(request, table, *remarks, *matching.remarks)


def _column(request: Request, header: list[str], path: Path) -> int:
    """Return the assignment's column: the one named, else the one with its title."""
    found = {n: match for n, text in enumerate(header) if (match := _ASSIGNMENT.fullmatch(text.strip()))}
    title = request.options.column or request.title
    wanted = title.strip().casefold()
    fits = [n for n, m in found.items() if wanted in (m[0].casefold(), m["title"].casefold(), m["id"])]
    if len(fits) == 1:
        return fits[0]
    raise UsageError(messages.no_one_column(path, title, len(fits), [m[0] for m in found.values()]))
