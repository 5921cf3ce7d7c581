"""Describe an error as data: its type, its text, and the lines of the student's cells."""

from __future__ import annotations

import contextlib
import linecache
import os
import re
import traceback
from collections.abc import Callable
from typing import Any

CELL_NAME = re.compile(r"<cell (\d+)\.\d+>")
_EVALUE_LENGTH = 500
_LINE_LENGTH = 300
_RESERVE = 8 << 20
_MOST_FRAMES = 10  # kept at either end of a deep traceback
_ENTERED = 20


_reserve = [bytearray(_RESERVE)]


own_folders = ("", "")
"""A kernel's folder, and the one in it where the student's code runs.

Both are empty where no file in it can be the student's.
"""


def cell_of(filename: str) -> int | None:
    """Return which cell a kernel ran under this file name, None for a real file."""
    match = CELL_NAME.fullmatch(filename)
    return int(match[1]) if match else None


def describe(error: BaseException, find_cell: Callable[[str], int | None] = cell_of) -> dict[str, Any]:
    """Return an error as JSON data.

    Keys: ``ename``, ``evalue``, ``frames`` (outermost first, of cells and files of the student's), ``origin`` (the
    module that raised), ``entered`` (the first functions of libraries below the last frame, with their modules) and
    ``memory``. ``find_cell`` gives the cell that has a file name, or None.
    """
    if isinstance(error, MemoryError):
        _reserve.clear()  # so that there is room to tell of it
    frames, origin, entered = _notebook_frames(error, find_cell)
    traceback.clear_frames(error.__traceback__)  # what the code had piled up is free again
    if not _reserve:
        with contextlib.suppress(MemoryError):
            _reserve.append(bytearray(_RESERVE))
    return {
        "ename": type(error).__name__[:100],
        "evalue": _error_text(error)[:_EVALUE_LENGTH],
        "frames": frames if len(frames) <= 2 * _MOST_FRAMES else frames[:_MOST_FRAMES] + frames[-_MOST_FRAMES:],
        "origin": origin[:100],
        "entered": entered[:_ENTERED],
        "memory": isinstance(error, MemoryError),
    }


def _error_text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a student's __str__ may do anything
        return "(its text could not be read)"


def _notebook_frames(
    error: BaseException, find_cell: Callable[[str], int | None]
) -> tuple[list[dict[str, Any]], str, list[str]]:
    frames: list[dict[str, Any]] = []
    origin = ""
    entered: list[str] = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        origin = str(frame.f_globals.get("__name__", ""))
        found = _frame_data(find_cell(code.co_filename), code.co_filename, line, code.co_name)
        entered = [] if found else [*entered, f"{origin}.{getattr(code, 'co_qualname', code.co_name)}"[:_LINE_LENGTH]]
        frames += found
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        frames += _frame_data(find_cell(error.filename), error.filename, error.lineno, "<module>")
    return frames, origin, entered


def _frame_data(cell: int | None, filename: str, line: int, function: str) -> list[dict[str, Any]]:
    file = "" if cell is not None else _own_file(filename)
    if cell is None and not file:
        return []
    text = linecache.getline(filename, line).rstrip()[:_LINE_LENGTH]
    return [{"cell": cell or 0, "line": line, "function": function, "text": text, "file": file}]


def _own_file(filename: str) -> str:
    """Return the path, from the working folder, of one of the student's files, else ""."""
    folder, working = own_folders
    path = os.path.normpath(os.path.join(working, filename))
    inside = bool(folder) and path.startswith(folder + os.sep) and os.path.isfile(path)
    return os.path.relpath(path, working) if inside else ""
