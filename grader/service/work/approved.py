"""Assignments whose files are those that an administrator approved."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment, load_assignment
from grader.errors import UsageError
from grader.service import messages
from grader.service.models import ApprovedAssignment

_Seen = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Loaded:
    assignment: Assignment
    seen: _Seen


_loaded: dict[str, _Loaded] = {}
_lock = threading.Lock()


def approved(files: ApprovedAssignment) -> Assignment:
    """Return an approved assignment; raises UsageError where it is not what was approved.

    It is read again whenever a file was touched: what nobody approved is not to run with the service's rights.
    """
    if files.withdrawn:
        raise UsageError(messages.withdrawn(files.slug))
    with _lock:
        known = _loaded.get(files.path)
        if known is None or known.assignment.digest != files.digest or known.seen != _look(known.assignment):
            assignment = load_assignment(files.path)
            known = _loaded[files.path] = _Loaded(assignment, _look(assignment))
    if known.assignment.digest != files.digest:
        raise UsageError(messages.not_approved(files.slug))
    return known.assignment


def _look(assignment: Assignment) -> _Seen:
    return tuple(_files(assignment.root, *assignment.solution_reads, *assignment.prelude_reads.values()))


def _files(*folders: Path) -> Iterator[tuple[str, int, int, int]]:
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                status = os.lstat(path)
                yield path, status.st_mtime_ns, status.st_size, status.st_ino
