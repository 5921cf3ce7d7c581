"""Read a roster of who should have handed in, from any CSV that names people."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.intake import messages
from grader.intake.roster_columns import NUMBER_KINDS, address_in, columns_of, is_nothing, kind_of, participant_in
from grader.person import Person
from grader.table_bytes import read_table_bytes

_NOBODY = frozenset({"points possible", "student, test", "test student"})  # rows of Canvas's gradebook
_DELIMITERS = ",;\t|"
_FIRST_ROWS = 30  # in which the header stands, and from which a delimiter is told


def read_roster(path: Path) -> list[Person]:
    """Return the people in a CSV file, in its order, each once.

    Columns are known by their headers in several languages, in any case and order, else by what stands in them:
    student or name (or first and last name), id, user id, sis id, login, email. What learning platforms export can be
    given as it is, and as a spreadsheet saved it. Two rows with one name and no number are two people. Raises
    UsageError when the file cannot be read, or has no such column.
    """
    try:
        people = _people(_csv_rows(_read_roster_text(path)))
    except csv.Error as error:
        raise UsageError(messages.no_csv(path, error)) from error
    except ValueError as error:
        raise UsageError(f"{path} {error}.") from error
    known = [person for person in people if person]
    if not known:
        raise UsageError(messages.names_nobody(path))
    once: dict[object, Person] = {}
    for n, person in enumerate(known):
        once.setdefault(person if person.number else n, person)
    return [*once.values()]


def people_in(table: Sequence[Sequence[str]]) -> list[Person | None]:
    """Return the person of each row below a table's first, None where it is nobody's.

    The first row names the columns. Raises ValueError that says what is wrong when no column tells who is who.
    """
    return _people(table)[1:]


def _people(table: Sequence[Sequence[str]]) -> list[Person | None]:
    """Return the person of each row of a table; rows above the columns' names are nobody's."""
    known = [sum(bool(kind_of(cell)) for cell in row) for row in table[:_FIRST_ROWS]]
    at = known.index(max(known)) if any(known) else 0
    columns, first = columns_of((), table), 0  # as if there were no header: the first row is a person like the others
    if any(known) or not _identifies(columns):
        columns, first = columns_of(table[at] if table else (), table[at + 1 :]), at + 1
    if not any(known) and not _identifies(columns):
        raise ValueError(messages.NO_PEOPLE_COLUMN)
    people: list[Person | None] = [None] * first
    return [*people, *(_row_person(columns, row) for row in table[first:])]


def _identifies(columns: Sequence[str]) -> bool:
    """Tell whether columns that no header names are surely of people."""
    return bool({*columns} & {"participant", "email"}) or {"id", "name"} <= {*columns}


def _row_person(columns: Sequence[str], row: Sequence[str]) -> Person | None:
    cells: dict[str, str] = {}
    for kind, cell in zip(columns, row, strict=False):
        if kind and (text := _cell_value(kind, cell)):
            cells.setdefault(kind, text)
    first, last = cells.pop("first", ""), cells.pop("last", "")
    name = cells.get("name", "")
    if not name or bool(first) != bool(last):  # "Name, Vorname", "Nombre, Apellidos": one of two is called the name
        cells["name"] = f"{first or name} {last or (name if first else '')}".strip()
    person = Person.of(cells)
    # Canvas puts blanks before what is no name, in whatever language.
    indented = (
        next((cell for kind, cell in zip(columns, row, strict=False) if kind in ("name", "last")), "")[:2] == "  "
    )
    if not (person.name or person.number) or person.name.casefold() in _NOBODY or (indented and not person.number):
        return None
    return person


def _cell_value(kind: str, cell: str) -> str:
    """Return a cell without what spreadsheets and platforms put around a value to keep it."""
    text = " ".join(_unmangled(cell).translate(_INVISIBLE).split()).removeprefix("'")
    if protected := re.fullmatch(r'="?(.*?)"?', text):
        text = protected[1]
    if kind in NUMBER_KINDS:
        text = re.sub(r"^(\d+)[.,]0+$", r"\1", text.removeprefix("#"))
    if kind in (*NUMBER_KINDS, "email") and is_nothing(text):
        return ""
    if kind == "participant":
        return participant_in(text) or text
    return address_in(text) if kind == "email" else text


_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u202a\u202c\u00ad"))


def _unmangled(text: str) -> str:
    """Return a text that a spreadsheet took for Windows' encoding ("JÃ¶rg") as UTF-8."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _csv_rows(text: str) -> list[list[str]]:
    """Return the rows of CSV that hold something."""
    delimiter = ""
    if told := re.match(r"\s*\"?sep=(.)\"?\s*?(?:\r?\n|\r|$)", text, re.IGNORECASE):  # Excel's first line
        delimiter, text = told[1], text[told.end() :]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
    return [row for row in rows if any(cell.strip() for cell in row)]


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have the same number of cells."""
    first = "\n".join(text.splitlines()[:_FIRST_ROWS])

    def regular(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(first, newline=""), delimiter=delimiter) if row)
        except csv.Error:
            return 0, 0
        return max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))

    return max(_DELIMITERS, key=regular)


def _read_roster_text(path: Path) -> str:
    data = read_table_bytes(path, "roster")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(messages.is_spreadsheet(path))
    for encoding in _encodings(data):
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1").replace("\0", "")


def _encodings(data: bytes) -> tuple[str, ...]:
    """Return the encodings that a file may be in, the likeliest first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    for encoding, half in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[:400:2])):
        if half.count(0) > len(half) / 2:
            return (encoding,)
    return ("utf-8-sig", "cp1252")
