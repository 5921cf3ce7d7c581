"""A platform's file comes back as it was, but for the cells that were to be changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export.csv_document import CsvDocument

Downloaded = Callable[..., Path]

AS_THEY_COME = {
    "quotes where none are needed": 'Name,ID,"Section"\n"Doe, Jane",4711,"A"\n',
    "line ends of Windows and none at the end": 'Name,ID,Section\r\n"Doe, Jane",4711,A',
    "line ends of old Macs": "Name,ID,Section\rx,1,A\r",
    "a BOM and semicolons": '\ufeffName;ID;Section\n"Doe; Jane";4711;A\n',
    "Excel's line for the separator": "sep=;\r\nName;ID;Section\r\nx;1;A\r\n",
    "tabs": "Name\tID\tSection\nx\t1\tA\n",
    "empty lines": "Name,ID,Section\n\n\nx,1,A\n\n",
    "a line end and quotes in a cell": 'Name,ID,Section\n"Jane\r\n""JD"" Doe",1,A\n',
    "text behind a quote": 'Name,ID,Section\n"Jane" Doe,1,A\n',
    "leading zeros and formulas": "Name,ID,Section\n=1+1,0042,-\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("text", AS_THEY_COME.values(), ids=AS_THEY_COME)
def test_one_cell_changes_and_nothing_else(downloaded: Downloaded, text: str, encoding: str) -> None:
    """One cell changes; encoding, delimiter, line ends and quotes stay on both sides of it."""
    if encoding != "utf-8":
        text = "\ufeff" * (encoding == "utf-16-le") + text.removeprefix("\ufeff")
    table = CsvDocument(downloaded(text, encoding))
    row = 1
    assert table.rows[0] == ["Name", "ID", "Section"]
    table.set(row, 1, "5")

    before, after = text.split(table.rows[row][1], 1)
    assert table.to_bytes() == f"{before}5{after}".encode(encoding)


@given(st.text(alphabet=' a,;\t"\n\r\ufeffé=', max_size=40))
def test_what_is_not_changed_comes_back(text: str) -> None:
    """Any text at all is refused in a sentence, or comes back byte by byte."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.csv")
        path.write_bytes(text.encode())
        try:
            table = CsvDocument(path)
        except UsageError as error:
            assert "quote that does not end" in str(error)  # noqa: PT017 - the other way is right, too
            return
        assert table.to_bytes() == text.encode()


@pytest.mark.parametrize(("value", "written"), [("10,5", '"10,5"'), ('say "no"', '"say ""no"""'), ("a\nb", '"a\nb"')])
def test_a_value_is_quoted_where_it_must_be(downloaded: Downloaded, value: str, written: str) -> None:
    """What would end the cell stands in quotes."""
    table = CsvDocument(downloaded("a,b\n1,2\n"))
    table.set(1, 1, value)

    assert table.to_bytes() == f"a,b\n1,{written}\n".encode()


def test_a_short_row_is_filled_up(downloaded: Downloaded) -> None:
    """A spreadsheet leaves empty cells at the end of a row out.

    A value in one of them brings these back.
    """
    table = CsvDocument(downloaded("a,b,c,d\n1\n"))
    table.set(1, 3, "5")

    assert table.to_bytes() == b"a,b,c,d\n1,,,5\n"


def test_a_column_is_put_in(downloaded: Downloaded) -> None:
    """A new column stands before an old one in every row."""
    table = CsvDocument(downloaded("a,End\n1,#\n2,#\n3\n"))
    table.insert_column(1, ["b", "5", "", "7"])

    assert table.to_bytes() == b"a,b,End\n1,5,#\n2,,#\n3,7\n"


def test_a_spreadsheet_s_own_format_is_no_csv(tmp_path: Path) -> None:
    """A workbook in place of a CSV is refused in a sentence."""
    (tmp_path / "grades.xlsx").write_bytes(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0")

    with pytest.raises(UsageError, match="no CSV"):
        CsvDocument(tmp_path / "grades.xlsx")
