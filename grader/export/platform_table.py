"""Fill the column of an assignment in a platform's own table, and nothing else of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from grader.errors import UsageError
from grader.export import messages
from grader.export.csv_document import CsvDocument
from grader.export.grades import grade_remarks
from grader.export.matching import Matching, match_rows
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score
from grader.intake import people_in
from grader.person import Person

_DECIMAL = re.compile(r"\d+([.,]\d+)?")


def open_table(request: Request) -> CsvDocument:
    """Return the platform's table that the request names.

    Raises UsageError where it names none, or no table.
    """
    if request.options.into is None:
        raise UsageError(messages.NO_TABLE)
    table = CsvDocument(request.options.into)
    if not table.rows:
        raise UsageError(messages.empty_table(table.path))
    return table


def people_by_row(table: CsvDocument) -> dict[int, Person]:
    """Return the people of a table by rows; raises UsageError if no column tells them."""
    try:
        return {row: person for row, person in enumerate(people_in(table.rows), 1) if person}
    except ValueError as error:
        raise UsageError(f"{table.path} {error}.") from error


def fill_column(
    request: Request, table: CsvDocument, column: int, *, factor: float, mark: str, kept: Collection[int] = ()
) -> Matching:
    """Enter the grades times ``factor`` into a column, and return whose went where.

    Cells that say the same number in another way stay as they are; so do those of people without a grade, and those in
    the rows that are ``kept``. Of who is excused the cell is emptied.
    """
    matching = match_rows(request, people_by_row(table), table.path)
    for row, result in matching.results.items():
        grade, before = request.grade_of(result), cell(table, row, column)
        if row in kept:
            continue
        if grade is None:
            table.set(row, column, "")
        elif numeric(before) != round(grade * factor, 4):
            table.set(row, column, precise_score(grade * factor, mark))
    return matching


def exported(request: Request, table: CsvDocument, *remarks: str) -> Exported:
    """Return the filled table, with what staff should know of it."""
    return Exported(table.to_bytes(), (*remarks, *grade_remarks(request)))


def cell(table: CsvDocument, row: int, column: int) -> str:
    """Return a cell's value, "" where the row is too short for it."""
    values = table.rows[row]
    return values[column].strip() if column < len(values) else ""


def numeric(text: str) -> float | None:
    """Return the number that a cell is, with whichever decimal mark; None where it is none."""
    return float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


def decimal_mark(table: CsvDocument, cells: Iterable[str]) -> str:
    """Return these cells' decimal mark, else a comma where the table is split at semicolons."""
    marks = [match[1][0] for text in cells if (match := _DECIMAL.fullmatch(text.strip())) and match[1]]
    if marks:
        return max(".,", key=marks.count)
    return "," if table.delimiter == ";" else "."
