"""Read a notebook from bytes in any encoding or nbformat version."""

from __future__ import annotations

import json
import stat
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.assignment import Assignment
from grader.errors import AssignmentError, MachineError, UnreadableError
from grader.intake import filetype, messages
from grader.intake.strip_outputs import TooManyPartsError, trim

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_MB = 256
"""A file larger than this is not read."""

MAX_TEXT_MB = 32
"""A notebook that is still larger than this without its outputs is not read."""

MAX_PARTS = 300_000
"""A notebook of more lists and objects than this, its outputs left out, is not read: each costs memory."""

_LONGEST_INTEGER = 4300  # Python refuses longer ones; no notebook means anything by them


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of nbformat 3 or 4 as nbformat 4 in memory.

    It comes without its outputs and with an id on every cell. Byte order marks, UTF-16, Latin-1, CRLF, trailing NULs
    and missing or repeated ids are read as meant. Raises UnreadableError, with a reason that says what the file is
    instead, when a careful person could not read it either; MachineError when this machine does not let anybody read
    it.
    """
    try:
        return _parse_notebook(_bytes(path))
    except _NotANotebookError as error:
        raise UnreadableError(path, str(error)) from error


def read_stub(assignment: Assignment) -> NotebookNode:
    """Return the notebook that students were given.

    Raises AssignmentError when it cannot be read.
    """
    try:
        return read_notebook(assignment.notebook)
    except UnreadableError as error:
        raise AssignmentError(assignment.notebook, messages.no_notebook_of_authors(error.reason)) from error


class _NotANotebookError(Exception):
    """A reason in words, before the file's name is put to it."""


def _bytes(path: Path) -> bytes:
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise _NotANotebookError(messages.LINK)
        if not stat.S_ISREG(status.st_mode):
            raise _NotANotebookError(messages.NO_FILE)
        if status.st_size > MAX_MB * 2**20:
            raise _NotANotebookError(messages.too_large(status.st_size / 2**20, MAX_MB))
        return path.read_bytes()
    except OSError as error:
        raise MachineError(messages.could_not_be_read(path.name), error) from error


def _parse_notebook(data: bytes) -> NotebookNode:
    if reason := filetype.name_of_bytes(data):
        raise _NotANotebookError(reason)
    text = _notebook_text(data)
    if not text:
        raise _NotANotebookError(messages.BLANK if data else messages.EMPTY)
    return _upgrade(_parse_json(text))


def _notebook_text(data: bytes) -> str:
    """Decode as a JSON reader would.

    Bytes that are not UTF-8 are taken for a Western European editor's.
    """
    encoding = json.detect_encoding(data)
    if encoding.startswith(("utf-16", "utf-32")):
        data = data.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    try:
        data = trim(data)
    except TooManyPartsError as error:
        raise _NotANotebookError(messages.TOO_MANY_OUTPUTS) from error
    if len(data) > MAX_TEXT_MB * 2**20:
        raise _NotANotebookError(messages.too_much_text(MAX_TEXT_MB))
    if data.count(b"[") + data.count(b"{") > MAX_PARTS:
        raise _NotANotebookError(messages.TOO_MANY_PARTS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.strip("\0 \t\r\n\ufeff")


def _parse_json(text: str) -> Any:
    try:
        value, end = json.JSONDecoder(parse_int=_integer, strict=False).raw_decode(text)
    except json.JSONDecodeError as error:
        raise _NotANotebookError(filetype.name_of_text(text, error)) from error
    except RecursionError as error:
        raise _NotANotebookError(messages.TOO_DEEP) from error
    if '"cells"' in text[end:]:
        raise _NotANotebookError(messages.TWO_NOTEBOOKS)
    return value  # what else stands behind the end is a leftover of a longer file that was overwritten


def _integer(digits: str) -> int:
    return int(digits) if len(digits) < _LONGEST_INTEGER else 0


def _upgrade(data: Any) -> NotebookNode:
    match data:
        case {"cells": [*_]}:
            version = 4
        case {"worksheets": [*_]}:
            version = 3
        case dict():
            raise _NotANotebookError(messages.NO_CELLS)
        case _:
            raise _NotANotebookError(messages.OTHER_JSON)
    import nbformat  # takes a second: only who reads notebooks may pay for it
    from nbformat.v3.rwbase import rejoin_lines

    from grader.intake.cell_shape import normalise

    try:
        node = nbformat.from_dict(
            {**data, "nbformat": version, "nbformat_minor": 0, "metadata": _mapping(data.get("metadata"))}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbformat warns of ids that are missing; they are given below
            return normalise(nbformat.convert(rejoin_lines(node) if version == 3 else node, 4))
    except MemoryError:
        raise
    except Exception as error:
        raise _NotANotebookError(messages.no_cells_of_a_notebook(type(error).__name__)) from error


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
