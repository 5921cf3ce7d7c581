"""A notebook is read from whatever a tool wrote; what is none is said to be what it is."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.errors import MachineError, UnreadableError
from grader.intake import notebook_file, read_notebook

Write = Callable[..., Path]
Document = Callable[..., dict[str, Any]]


def sources(path: Path) -> list[str]:
    """Return the sources of a notebook's cells as they are read."""
    return [cell.source for cell in read_notebook(path).cells]


def _zip(*names: str, first: tuple[str, str] = ("hw1.ipynb", "{}")) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(*first)
        for name in names:
            archive.writestr(name, "")
    return buffer.getvalue()


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with a byte order mark": lambda text: text.encode("utf-16"),
    "UTF-16 little-endian": lambda text: text.encode("utf-16-le"),
    "UTF-16 big-endian": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "Latin-1": lambda text: text.encode("latin-1"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "trailing NULs": lambda text: text.encode() + b"\0" * 100,
    "leading blank lines": lambda text: b"\n\n" + text.encode(),
    "leftover of a longer file": lambda text: text.encode() + b'\n "nbformat_minor": 2\n}\n',
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_is_read(encoding: str, written: Write, notebook_document: Document) -> None:
    """The same text is read from the bytes of any editor."""
    text = json.dumps(notebook_document("a = 'größer'\nb = 2"), ensure_ascii=False, indent=1)

    assert sources(written(ENCODINGS[encoding](text))) == ["a = 'größer'\nb = 2"]


def test_result_is_a_valid_notebook(written: Write, notebook_document: Document) -> None:
    """What is read passes nbformat's own validation, with an id on each cell."""
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "id": "same", "outputs": [{"output_type": "nonsense"}]},
        {"cell_type": "markdown", "source": "text", "id": "same", "attachments": {"a.png": {"image/png": "AAAA"}}},
        {"cell_type": "heading", "source": "text", "level": 2},
        {"cell_type": "code", "source": None, "metadata": None},
        {"cell_type": "code"},
        "not a cell",
        None,
    ]

    notebook = read_notebook(written(notebook_document(cells=cells)))

    nbformat.validate(notebook)
    assert [c.cell_type for c in notebook.cells] == ["code", "markdown", "raw", "code", "code", "raw", "raw"]
    assert notebook.cells[0].source == "a = 1\nb = 2"


def test_notebooks_of_format_3_are_read(written: Write) -> None:
    """A notebook of format 3 is upgraded, its cells in order."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "language": "python", "input": ["a = 1\n", "b = 2"], "outputs": [], "collapsed": False},
    ]
    document = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}

    assert sources(written(document)) == ["## Title", "a = 1\nb = 2"]


@pytest.mark.parametrize("change", [{"nbformat": "4"}, {"nbformat": None}, {"nbformat": 5}, {"metadata": None}])
def test_odd_headers_are_read(change: dict[str, Any], written: Write, notebook_document: Document) -> None:
    """What decides how a notebook is read is where its cells are, not what its header says."""
    assert sources(written(notebook_document("a = 1", **change))) == ["a = 1"]


def test_line_ends_in_sources_are_unified(written: Write, notebook_document: Document) -> None:
    """Sources have plain newlines, so that lines are counted as editors count them."""
    assert sources(written(notebook_document("a = 1\r\nb = 2\rc = 3"))) == ["a = 1\nb = 2\nc = 3"]


def test_lone_surrogates_can_be_written(written: Write) -> None:
    """Half a character in a source becomes a question mark.

    What is read can be stored and shown.
    """
    path = written('{"cells": [{"cell_type": "code", "source": "a = \'\\ud800\'"}]}')

    assert sources(path) == ["a = '?'"]


def test_numbers_that_python_refuses_are_read(written: Write) -> None:
    """A number of ten thousand digits in a notebook's metadata costs nobody a grade."""
    digits = "9" * 10_000
    path = written(f'{{"metadata": {{"n": {digits}}}, "cells": [{{"cell_type": "code", "source": "a"}}]}}')

    assert sources(path) == ["a"]


def test_raw_tabs_and_newlines_in_strings_are_read(written: Write) -> None:
    """A file that some script wrote without escaping its strings is read as it is meant."""
    assert sources(written('{"cells": [{"cell_type": "code", "source": "if a:\n\tb"}]}')) == ["if a:\n\tb"]


def test_outputs_are_dropped_before_they_are_parsed(written: Write) -> None:
    """Outputs cannot spoil a notebook, not even nested deeper than Python's reader goes."""
    nested = "[" * 100_000 + "]" * 100_000
    output = '{"data": {"a": "]\\"}", "b": ' + nested + "}}"
    text = '{"cells": [{"cell_type": "code", "outputs" : [' + output + '], "source": "a"}]}'

    assert read_notebook(written(text)).cells == [
        {"cell_type": "code", "id": "cell-1", "metadata": {}, "source": "a", "execution_count": None, "outputs": []}
    ]


def test_sources_that_speak_of_outputs_are_kept(written: Write, notebook_document: Document) -> None:
    """Code in which the word stands as a string is left alone."""
    source = 'x = {"outputs": [1, 2], "a": "\\\\", "attachments": {}}'

    assert sources(written(notebook_document(source))) == [source]


def test_outputs_of_100_mb_are_passed_over(tmp_path: Path, notebook_document: Document) -> None:
    """A notebook with 100 MB of outputs of all kinds is read in memory of its file's size."""
    path = tmp_path / "hw1.ipynb"
    before, after = json.dumps(notebook_document("a = 1", "b = 2")).rsplit('"outputs": []', 1)
    text = '{"output_type": "stream", "text": [' + ", ".join(['"tensor([[1.0]]) \\"é\\"\\n"'] * 40) + "]}"
    with path.open("w") as file:
        file.write(f'{before}"outputs": [{{"data": {{"image/png": "{"A" * 30_000_000}"}}}}')
        for _ in range(50_000):
            file.write(f", {text}")
        file.write(f"]{after}")
    assert path.stat().st_size > 80_000_000

    tracemalloc.start()
    found = sources(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == ["a = 1", "b = 2"]
    assert peak < 1.2 * path.stat().st_size


REASONS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty (0 bytes); save the notebook again"),
    "blank": (b" \n\0\0", "it holds nothing but blanks; save the notebook again"),
    "cut off in a string": (b'{"cells": [{"cell_type": "code", "source": "a = ', "it is cut off"),
    "cut off between": (b'{"cells": [{"cell_type": "code"},', "it is cut off"),
    "cut off in an output": (b'{"cells": [{"cell_type": "code", "outputs": [{"text": "a', "it is cut off"),
    "script": (b"import os\n\ndef f():\n    return 1\n", "it is a Python script"),
    "zip": (_zip(), "it is a zip archive"),
    "zip of a folder that is called as one in a document": (_zip("word/b.ipynb"), "it is a zip archive"),
    "zip that is cut off": (_zip()[:-30], "it is a zip archive"),
    "Word": (_zip("word/document.xml", "[Content_Types].xml"), "it is an Office document (.docx, .xlsx, .pptx); hand"),
    "Excel": (_zip("[Content_Types].xml", "xl/workbook.xml"), "it is an Office document"),
    "PowerPoint": (_zip("[Content_Types].xml", "ppt/presentation.xml"), "it is an Office document"),
    "OpenDocument": (
        _zip("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
        "it is an OpenDocument file (.odt, .ods, .odp); hand in the notebook itself, the .ipynb file.",
    ),
    "gzip": (b"\x1f\x8b\x08\x00", "it is a gzip archive"),
    "pdf": (b"%PDF-1.7\n", "it is a PDF"),
    "link": (b"<html><head><meta http-equiv='refresh' content='0; url=x'></head></html>", "it is a link"),
    "web page": (b"<!DOCTYPE html>\n<html></html>", "it is a web page"),
    "conflict": (
        b'{\n "cells": [\n<<<<<<< HEAD\n {}\n=======\n {"a": 1}\n>>>>>>> theirs\n ]\n}',
        "line 3 is a merge conflict marker (<<<<<<<)",
    ),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "it is a Git LFS pointer"),
    "prose": (b"Dear grader, my laptop broke.", "it is not a notebook: a notebook's file starts with '{'."),
    "broken json": (b'{"cells": [}], "a": 1}', "it is not valid JSON ("),
    "other json": (b'{"a": 1}', "it is JSON, but not a notebook: it has no list of cells."),
    "a list": (b"[1, 2]", "it is JSON, but not a notebook."),
    "a number": (b"12", "it is JSON, but not a notebook."),
    "nested": (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "it is nested too deeply"),
    "outputs without end": (
        b'{"cells": [{"outputs": ' + b"[[[[[" * 250_000,
        "its outputs have more parts than any notebook's.",
    ),
    "parts without end": (
        b'{"cells": [' + b"{}," * notebook_file.MAX_PARTS + b"{}]}",
        "it has more parts than any notebook.",
    ),
    "two notebooks": (b'{"cells": []}\n{"cells": []}', "it holds two notebooks"),
    "bad worksheets": (b'{"worksheets": [3], "nbformat": 3}', "its cells are not a notebook's"),
}


@pytest.mark.parametrize("kind", REASONS)
def test_unreadable_files_are_called_what_they_are(kind: str, written: Write) -> None:
    """Each file that is no notebook gets one plain reason."""
    content, reason = REASONS[kind]
    path = written(content)

    with pytest.raises(UnreadableError) as caught:
        read_notebook(path)

    assert caught.value.reason.startswith(reason)
    assert caught.value.path == path


def test_folders_are_not_read(tmp_path: Path) -> None:
    """A folder in place of a file is said to be none."""
    with pytest.raises(UnreadableError, match="it is not a file"):
        read_notebook(tmp_path)


def test_missing_files_are_not_read(tmp_path: Path) -> None:
    """A file that went away, or whose name cannot be taken, is no fault of its student."""
    with pytest.raises(MachineError, match=r"gone.ipynb could not be read: No such file"):
        read_notebook(tmp_path / "gone.ipynb")
    with pytest.raises(MachineError, match="File name too long"):
        read_notebook(tmp_path / f"{'x' * 300}.ipynb")


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    """A named pipe is refused before it is opened: reading it would never end."""
    os.mkfifo(tmp_path / "hw1.ipynb")

    with pytest.raises(UnreadableError, match="it is not a file"):
        read_notebook(tmp_path / "hw1.ipynb")


def test_links_are_not_followed(tmp_path: Path, written: Write, notebook_document: Document) -> None:
    """A link that was handed in could point to another student's work."""
    (tmp_path / "link.ipynb").symlink_to(written(notebook_document("a")))

    with pytest.raises(UnreadableError, match="it is a link"):
        read_notebook(tmp_path / "link.ipynb")


def test_large_files_are_not_read(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is refused with its size."""
    monkeypatch.setattr(notebook_file, "MAX_MB", 1)

    with pytest.raises(UnreadableError, match="it is 2 MB large, and at most 1 MB are read"):
        read_notebook(written(b" " * 2**21))


def test_large_sources_are_not_read(written: Write, notebook_document: Document) -> None:
    """What is left without outputs has a limit of its own."""
    with pytest.raises(UnreadableError, match="without its outputs it is still larger than"):
        read_notebook(written(notebook_document("#" * (notebook_file.MAX_TEXT_MB * 2**20))))
