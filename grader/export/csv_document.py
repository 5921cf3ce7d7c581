"""Change single cells of a CSV file and leave every other byte of it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.export import messages
from grader.export.lines import LINE_END
from grader.table_bytes import read_table_bytes

_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SEPARATOR_LINE = re.compile('\ufeff?"?sep=([,;\t|])"?(?:\r\n|\n|\r)', re.IGNORECASE)  # Excel's


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's value and where its text stands, quotes included."""

    value: str
    start: int
    end: int
    quoted: bool


class CsvDocument:
    """A CSV file in which :meth:`set` changes a cell and the rest stays byte by byte.

    ``rows`` are the values that the file has, in all rows that are not empty. Its encoding, BOM, delimiter (a comma,
    semicolon or tab; Excel's line ``sep=;`` is heeded), line ends, quotes and order stay. Raises UsageError for a file
    that cannot be read as such a table.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._text, self._encoding = _read_as_written(path)
        separator = _SEPARATOR_LINE.match(self._text)
        self._begin = separator.end() if separator else int(self._text.startswith("\ufeff"))
        self.delimiter = separator[1] if separator else self._found_delimiter()
        self._cells = list(self._split(self.delimiter))
        self.rows = [[cell.value for cell in row] for row in self._cells]
        self._changes: dict[tuple[int, int], str] = {}
        self._inserted: list[tuple[int, int, str]] = []

    def set(self, row: int, column: int, value: str) -> None:
        """Give a cell another value; a row that is too short is filled up with empty cells."""
        self._changes[row, column] = value

    def insert_column(self, before: int, values: Sequence[str]) -> None:
        """Put a new column, of a value for each row, before an old one."""
        for row, value in enumerate(values):
            if before < len(self.rows[row]):
                self._inserted.append((row, before, value))
            else:
                self.set(row, before, value)

    def to_bytes(self) -> bytes:
        """Return the file with the changes."""
        pieces, at = [], 0
        for start, end, text in sorted(self._replacements()):
            pieces += [self._text[at:start], text]
            at = end
        return "".join([*pieces, self._text[at:]]).encode(self._encoding, "xmlcharrefreplace")

    def _replacements(self) -> Iterator[tuple[int, int, str]]:
        for (row, column), value in self._changes.items():
            cells = self._cells[row]
            if column < len(cells):
                if cells[column].value != value:
                    yield cells[column].start, cells[column].end, self._as_cell(value, quoted=cells[column].quoted)
            elif value:
                end = cells[-1].end
                yield end, end, self.delimiter * (column - len(cells) + 1) + self._as_cell(value, quoted=False)

        for row, before, value in self._inserted:
            start = self._cells[row][before].start
            yield start, start, self._as_cell(value, quoted=False) + self.delimiter

    def _as_cell(self, value: str, *, quoted: bool) -> str:
        if quoted or any(mark in value for mark in (self.delimiter, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value

    def _found_delimiter(self) -> str:
        """Return the delimiter that splits the first line into the most cells."""
        return max(",;\t", key=lambda mark: len(next(self._split(mark), [])))

    def _split(self, delimiter: str) -> Iterator[list[_Cell]]:
        """Yield the rows that hold anything; raises UsageError for a quote that does not end."""
        text, at, row = self._text, self._begin, list[_Cell]()
        cell = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)")?([^{re.escape(delimiter)}\r\n]*)')
        while at <= len(text):
            found = cell.match(text, at)
            assert found  # noqa: S101 - it matches nothing, too
            if found[1] is None and text.startswith('"', at):
                line = len(LINE_END.findall(text[:at])) + 1
                raise UsageError(messages.open_quote(self.path, line))
            value = (found[1] or "").replace('""', '"') + found[2]
            row.append(_Cell(value, at, found.end(), quoted=found[1] is not None))
            at = found.end()
            if text.startswith(delimiter, at):
                at += 1
                continue
            if len(row) > 1 or row[0].start != row[0].end:
                yield row
            row = []
            at += 2 if text.startswith("\r\n", at) else 1


def _read_as_written(path: Path) -> tuple[str, str]:
    """Return a file's text with its BOM, and the encoding that gives the same bytes again."""
    data = read_table_bytes(path, "table of grades")
    for encoding in (_BOMS.get(data[:2], ""), "utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding) if encoding else ""
        except UnicodeDecodeError:
            continue
        if encoding and "\0" not in text:
            return text, encoding
    raise UsageError(messages.no_csv(path))
