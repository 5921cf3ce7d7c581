"""Append results to ``results.jsonl``, read them, and put them in order."""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader import strict_json
from grader.atomic_write import open_own, sync_folder, write_atomically
from grader.closing import Closing
from grader.errors import UsageError
from grader.export import messages
from grader.export.lines import Lines, read_lines, unreadable
from grader.export.row_rules import parse_row
from grader.result import GradingResult, SubmissionStatus


class ResultsWriter(Closing):
    """A file of results open for appending.

    Each result is on the disk when :meth:`append` returns. Opening leaves out a line that a kill tore, and writes anew
    what an editor saved in another way. Raises UsageError as :func:`read_results` does.
    """

    def __init__(self, path: Path) -> None:
        if path.exists() and not path.is_symlink() and not _is_as_written(path.read_bytes()):
            write_results(path, read_results(path))
        self._file = open_own(path, "ab", buffering=0)
        sync_folder(path.parent)

    def append(self, result: GradingResult, *, instead_of: str = "") -> None:
        """Add one result durably; from then on the row with the id ``instead_of`` is read no more."""
        if instead_of:
            submission = dataclasses.replace(result.submission, instead_of=instead_of)
            result = dataclasses.replace(result, submission=submission)
        data = memoryview(_row_line(result))
        while data:
            data = data[self._file.write(data) :]
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; every result is already safe."""
        self._file.close()


def read_results(path: Path) -> list[GradingResult]:
    """Return the results in a file, in the file's order; none when there is no file.

    A row that was added instead of another, or after one that says that nothing was handed in, takes its place. A last
    line that a kill tore is left out; :func:`is_torn` says whether there is one. Raises UsageError when any other line
    is not a result that this grader can read: going on would overwrite what somebody else wrote.
    """
    found: dict[str, GradingResult] = {}
    for number, line in _lines_of_results(path).lines.items():
        result = _parse_line(path, number, line)
        id_ = result.submission.id
        found.pop(result.submission.instead_of or "", None)
        result = dataclasses.replace(result, submission=dataclasses.replace(result.submission, instead_of=None))
        if found.get(id_, result) != result and found[id_].status is not SubmissionStatus.NOT_SUBMITTED:
            raise unreadable(path, number, messages.second_row(id_))
        found[id_] = result
    return list(found.values())


def is_torn(path: Path) -> bool:
    """Return whether a file of results ends in a line that a kill tore."""
    return _lines_of_results(path).torn


def write_results(path: Path, results: Iterable[GradingResult]) -> None:
    """Write all results in the order given, atomically."""
    write_atomically(path, b"".join(map(_row_line, results)))


def _lines_of_results(path: Path) -> Lines:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(messages.no_file_of_results(path))
        return read_lines(path)
    except FileNotFoundError:
        return Lines({}, torn=False)


def _parse_line(path: Path, number: int, line: str) -> GradingResult:
    try:
        return parse_row(line)
    except ValueError as error:
        raise unreadable(path, number, str(error)) from error


def _row_line(result: GradingResult) -> bytes:
    return strict_json.dumps(result.to_json()).encode() + b"\n"


def _is_as_written(data: bytes) -> bool:
    """Return whether a line may be appended; what is written is ASCII, and so are line ends."""
    return not data or (data.isascii() and b"\0" not in data and data.endswith(b"\n"))
