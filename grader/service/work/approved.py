"""Assignments whose files are those that an administrator approved."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from grader.assignment import Assignment, load_assignment
from grader.errors import UsageError
from grader.service import messages
from grader.service.assignment_approval import FilesSeen, files_seen
from grader.service.models import ApprovedAssignment


@dataclass(frozen=True, slots=True)
class _Loaded:
    assignment: Assignment
    seen: FilesSeen


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
        if known is None or known.assignment.digest != files.digest or known.seen != files_seen(known.assignment):
            seen = files_seen(load_assignment(files.path))  # before what counts is read, so that no change is missed
            known = _loaded[files.path] = _Loaded(load_assignment(files.path), seen)
    if known.assignment.digest != files.digest:
        raise UsageError(messages.not_approved(files.slug))
    return known.assignment
