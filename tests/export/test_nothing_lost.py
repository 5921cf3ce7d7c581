"""Whatever became of a file of results, it is read, or refused and left as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.batch import grade_batch
from grader.errors import UsageError
from grader.export import ResultsWriter, read_results, write_results
from grader.output_folder import render
from grader.result import GradingResult

Build = Callable[..., GradingResult]
TINY = str(Path(__file__).parents[1] / "plugin" / "tiny")
SAVED = {
    "UTF-8 with BOM": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16 with BOM": lambda data: data.decode().encode("utf-16"),
    "UTF-16, big-endian, with BOM": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "UTF-16": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16, big-endian": lambda data: data.decode().encode("utf-16-be"),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "Windows' line ends": lambda data: data.replace(b"\n", b"\r\n"),
    "old line ends": lambda data: data.replace(b"\n", b"\r"),
    "no last line end": lambda data: data[:-1],
    "empty lines": lambda data: b"\n" + data.replace(b"\n", b"\n \n"),
    "UTF-16, Windows' line ends, no last one": lambda data: data.decode().replace("\n", "\r\n")[:-2].encode("utf-16"),
    "letters instead of escapes": lambda data: "".join(
        json.dumps(json.loads(line), ensure_ascii=False) + "\n" for line in data.splitlines()
    ).encode(),
}
BROKEN = {
    "Latin-1": lambda data: data.replace(b"bob.ipynb", b"b\xf6b.ipynb"),
    "half a character": lambda data: data.decode().encode("utf-16")[:-1],
    "two encodings": lambda data: data + data.decode().encode("utf-16-le"),
    "zeros": lambda data: bytes(len(data)),
    "only line ends": lambda data: b"\n\n",
    "a last line of somebody else's": lambda data: data + b"notes: ask bob",
    "a last line that was broken by hand": lambda data: data.replace(b'"student": "cleo"', b'"student: "cleo"')[:-1],
    "a last line with more than a row": lambda data: data[:-1] + b"fa",
    "a last row with less in it": lambda data: data + b'{"schema": 1}',
    "a second row of the same name": lambda data: data + data.splitlines()[0].replace(b"0" * 64, b"1" * 64) + b"\n",
}


@pytest.fixture
def results(build: Build) -> list[GradingResult]:
    """Three people's, one of them with letters that look like line ends."""
    return [build("ada \u2028\x85 \u0141"), build("bob"), build("cleo")]


@pytest.fixture(autouse=True)
def ids(results: list[GradingResult]) -> None:
    """Give the first an id that is one."""
    results[0] = replace(results[0], submission=replace(results[0].submission, id="ada_1"))


@pytest.fixture
def rows(tmp_path: Path, results: list[GradingResult]) -> Path:
    """The file of them."""
    write_results(tmp_path / "results.jsonl", results)
    return tmp_path / "results.jsonl"


@pytest.mark.parametrize("way", SAVED)
def test_what_an_editor_saved_is_read(rows: Path, results: list[GradingResult], way: str) -> None:
    """Every row, and what is appended then is read with them."""
    saved = SAVED[way](rows.read_bytes())
    rows.write_bytes(saved)
    assert read_results(rows) == results

    render(rows.parent)
    assert read_results(rows) == results
    assert len((rows.parent / "grades.csv").read_bytes().splitlines()) == 4

    rows.write_bytes(saved)
    with ResultsWriter(rows) as writer:
        writer.append(results[0], instead_of="ada_1")
    assert [r.submission.id for r in read_results(rows)] == ["bob_1", "cleo_1", "ada_1"]


@pytest.mark.parametrize("way", BROKEN)
@pytest.mark.parametrize("fresh", [False, True])
def test_what_cannot_be_read_is_left_as_it_is(rows: Path, way: str, fresh: bool) -> None:
    """One sentence names the file, the line and what to do.

    Only starting over goes on, and keeps it aside.
    """
    rows.write_bytes(BROKEN[way](rows.read_bytes()))
    (rows.parent / "grades.csv").write_text("student,score\nada,20\n")
    before = {p.name: p.read_bytes() for p in rows.parent.iterdir()}
    tiny = load_assignment(TINY)

    refused = r"results\.jsonl, line \d+, .*; (mend|restore) .*, or move the file away to start over\.$"
    with pytest.raises(UsageError, match=refused):
        render(rows.parent)
    if not fresh:
        with pytest.raises(UsageError, match=refused):
            grade_batch([], tiny, rows.parent)
        assert {p.name: p.read_bytes() for p in rows.parent.iterdir() if p.name != ".lock"} == before
    else:
        grade_batch([], tiny, rows.parent, fresh=True)
        [kept] = (rows.parent / "earlier").iterdir()
        assert {p.name: p.read_bytes() for p in kept.iterdir()} == before


def test_a_row_that_a_kill_cut_off_anywhere_is_dropped_and_kept_aside(
    rows: Path, results: list[GradingResult], caplog: pytest.LogCaptureFixture
) -> None:
    """It was never told to be there; what stood there can still be looked at."""
    whole = rows.read_bytes()
    last = whole.splitlines()[-1]
    for length in range(1, len(last)):
        rows.write_bytes(whole[: -len(last) - 1 + length])
        assert read_results(rows) == results[:2], last[:length]

    render(rows.parent)

    assert read_results(rows) == results[:2]
    [kept] = (rows.parent / "earlier").rglob("results.jsonl")
    assert kept.read_bytes() == whole[:-2]
    assert str(kept) in caplog.text


def test_a_gradebook_whose_rows_are_gone_is_not_written_over(tmp_path: Path) -> None:
    """It is all that is left of them.

    A batch keeps it aside, and nothing can be made of no rows.
    """
    rows, gradebook = tmp_path / "results.jsonl", tmp_path / "grades.csv"
    gradebook.write_text("student,score\nada,20\n")
    grade_batch([], load_assignment(TINY), tmp_path)
    [kept] = (tmp_path / "earlier").rglob("grades.csv")
    assert kept.read_text() == "student,score\nada,20\n"

    gradebook.write_text("student,score\nada,20\n")
    rows.write_bytes(b"")
    with pytest.raises(UsageError, match=r"results\.jsonl holds no rows, but .*grades\.csv does; restore"):
        render(tmp_path)
    assert gradebook.read_text() == "student,score\nada,20\n"
