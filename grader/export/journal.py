"""``results.jsonl``: one result a line, appended as each submission is finished, put in order at the end."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Never, Self

from grader import strict_json
from grader.errors import UsageError
from grader.export.atomic import replace, sync_folder
from grader.result import GradingResult
from grader.submission import is_id

_INSTEAD = "instead_of"


class Journal:
    """A file of results open for appending; each result is on the disk when :meth:`append` returns.

    Opening cuts off a line that a kill tore, so that the next result does not continue it.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b", buffering=0)
        _cut_torn_line(self._file.fileno())
        sync_folder(path.parent)

    def append(self, result: GradingResult, *, instead_of: str = "") -> None:
        """Add one result durably; from then on the row with the id ``instead_of`` is read no more."""
        if instead_of:
            result = dataclasses.replace(result, submission=result.submission | {_INSTEAD: instead_of})
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
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    found: dict[str, GradingResult] = {}
    for number, line in enumerate(lines, 1):
        result = _parse(path, number, line)
        found.pop(result.submission.pop(_INSTEAD, ""), None)
        found[result.submission["id"]] = result
    return list(found.values())


def write_results(path: Path, results: Iterable[GradingResult]) -> None:
    """Write all results in the order given, atomically."""
    replace(path, b"".join(map(_line, results)))


def _parse(path: Path, number: int, line: bytes) -> GradingResult:
    try:
        result = GradingResult.from_json(json.loads(line, parse_constant=_refuse))
        _refuse_places(result)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else f"a field is missing or wrong ({error})"
        raise UsageError(
            f"{path}, line {number}, cannot be read: {reason}; move the file away to start over."
        ) from error
    return result


def _refuse(word: str) -> Never:
    raise ValueError(f"it is no JSON: {word}")


def _refuse_places(result: GradingResult) -> None:
    """Raise ValueError for a row that would name files and folders which this grader never made."""
    ids: list[Any] = [result.submission["id"], result.submission.get(_INSTEAD, "x")]
    points: list[Any] = [result.score, result.max_score]
    slug: Any = result.assignment
    for id_ in ids:
        if not (isinstance(id_, str) and is_id(id_)):
            raise ValueError(f"{str(id_)[:60]!r} is no id of a submission")
    if not (isinstance(slug, str) and is_id(slug)):
        raise ValueError(f"{str(slug)[:60]!r} is no name of an assignment")
    for number in points:
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < math.inf:
            raise ValueError(f"{str(number)[:60]!r} is no number of points")


def _line(result: GradingResult) -> bytes:
    return strict_json.dumps(result.to_json()).encode() + b"\n"


def _cut_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    data = os.pread(handle, size, 0)
    whole = data.rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(handle, whole)
