"""``results.jsonl``: one result a line, appended as each submission is finished, put in order at the end."""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import strict_json
from grader.errors import UsageError
from grader.export.atomic import open_own, replace, sync_folder
from grader.export.rows import INSTEAD, parse_row
from grader.result import GradingResult


class Journal:
    """A file of results open for appending; each result is on the disk when :meth:`append` returns.

    Opening cuts off a line that a kill tore, so that the next result does not continue it.
    """

    def __init__(self, path: Path) -> None:
        self._file = open_own(path, "a+b", buffering=0)
        _cut_torn_line(self._file.fileno())
        sync_folder(path.parent)

    def append(self, result: GradingResult, *, instead_of: str = "") -> None:
        """Add one result durably; from then on the row with the id ``instead_of`` is read no more."""
        if instead_of:
            result = dataclasses.replace(result, submission=result.submission | {INSTEAD: instead_of})
        data = memoryview(_line(result))
        while data:
            data = data[self._file.write(data) :]
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; every result is already safe."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_results(path: Path) -> list[GradingResult]:
    """Return the results in a file, in the file's order; none when there is no file.

    A later row for a submission takes the place of an earlier one, as it does of the row that it was added instead of.
    A last line without its line end was torn by a kill and is dropped. Raises UsageError when any other line is not a
    result that this grader can read: going on would overwrite what somebody else wrote.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path} is no file of results; move it away to start over.")
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    found: dict[str, GradingResult] = {}
    for number, line in enumerate(lines, 1):
        result = _parse(path, number, line)
        found.pop(result.submission.pop(INSTEAD, ""), None)
        found[result.submission["id"]] = result
    return list(found.values())


def write_results(path: Path, results: Iterable[GradingResult]) -> None:
    """Write all results in the order given, atomically."""
    replace(path, b"".join(map(_line, results)))


def _parse(path: Path, number: int, line: bytes) -> GradingResult:
    try:
        return parse_row(line)
    except ValueError as error:
        raise UsageError(
            f"{path}, line {number}, cannot be read: {error}; move the file away to start over."
        ) from error


def _line(result: GradingResult) -> bytes:
    return strict_json.dumps(result.to_json()).encode() + b"\n"


def _cut_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    data = os.pread(handle, size, 0)
    whole = data.rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(handle, whole)
