"""Moodle's grading worksheet: the downloaded CSV with grades and comments filled in.

Moodle skips, without a word, rows whose grade is above the maximum, locked, or changed since the download, and reads
the decimal mark of the site's language (mod/assign/feedback/offline).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from grader.errors import UsageError
from grader.export import messages
from grader.export.comments import comment, is_comment
from grader.export.csv_document import CsvDocument
from grader.export.grades import who
from grader.export.matching import require_points
from grader.export.platform_table import cell, decimal_mark, exported, fill_column, numeric, open_table
from grader.export.request import Exported, Request

_GRADE = frozenset({"grade", "bewertung", "note", "calificación", "valutazione", "nota", "beoordeling", "cijfer"})
_COMMENTS = re.compile(r"feedback comments|feedback als kommentar|.*comment.*|.*kommentar.*|.*coment.*", re.IGNORECASE)
_NO = frozenset({"no", "nein", "non", "não", "nee", "nej"})


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of grade, maximum, lock and comment; -1 where there is no comment."""

    grade: int
    most: int
    changeable: int
    comments: int


def export(request: Request) -> Exported:
    """Fill in grades and comments, but for locked grades and comments that somebody wrote."""
    table = open_table(request)
    columns = _columns(table)
    points = {numeric(cell(table, row, columns.most)) for row in range(1, len(table.rows))} - {None}
    if not points:
        raise UsageError(messages.graded_by_scale(table.path))
    factor = require_points(request, max(filter(None, points), default=None), messages.assignment_in(table.path))
    mark = decimal_mark(table, (cell(table, row, columns.most) for row in range(1, len(table.rows))))
    locked = {n for n in range(1, len(table.rows)) if cell(table, n, columns.changeable).casefold() in _NO}
    matching = fill_column(request, table, columns.grade, factor=factor, mark=mark, kept=locked)
    written, left = [], [who(r) for row, r in matching.results.items() if row in locked]
    for row, result in matching.results.items():
        if columns.comments < 0 or row in locked:
            continue
        before = cell(table, row, columns.comments)
        text = "" if request.grade_of(result) is None else html.escape(comment(request.final(result)), quote=False)
        if before and not is_comment(before):
            written.append(who(result))
        elif before != text:
            table.set(row, columns.comments, text)
    remarks = [messages.locked_by_moodle(left)] if left else []
    if columns.comments < 0:
        remarks.append(messages.no_comments(table.path))
    if written:
        remarks.append(messages.comments_kept(written))
    return exported(request, table, *remarks, *matching.remarks)


def _columns(table: CsvDocument) -> _Columns:
    """Find the columns of grade, maximum and lock by their titles, else by their neighbours."""
    header = [text.strip() for text in table.rows[0]]
    named = [n for n, text in enumerate(header) if text.casefold() in _GRADE]
    grade = named[0] if len(named) == 1 else _before_maximum(table)
    if grade is None or grade + 2 >= len(header):
        raise UsageError(messages.no_worksheet(table.path))
    comments = [n for n, text in enumerate(header) if n > grade and _COMMENTS.fullmatch(text)]
    return _Columns(grade, grade + 1, grade + 2, comments[-1] if comments else -1)


def _before_maximum(table: CsvDocument) -> int | None:
    """Return the column before the one that has the same number in every row."""
    for column in range(1, len(table.rows[0])):
        values = {cell(table, row, column) for row in range(1, len(table.rows))}
        if len(values) == 1 and numeric(values.pop()) is not None:
            return column - 1
    return None
