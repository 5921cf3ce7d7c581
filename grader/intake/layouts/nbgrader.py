"""nbgrader: the course's ``submitted`` tree, and the exchange's ``inbound`` folders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.person import Person

_STEPS = frozenset({"submitted", "autograded"})
_INBOUND = re.compile(r"^(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-[^+]+)(?:\+[^+]*)?$")
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (\S+))?$")
_LONGEST_TIME = 200


def nbgrader(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``submitted/<student>/<assignment>/<notebook>.ipynb`` with the assignment's ``timestamp.txt``.

    In the exchange a folder is named ``<student>+<assignment>+<time>``, so that a student may have several.
    """
    stamps = {file.folder: _stamp(file) for file in files if file.label.name == "timestamp.txt"}
    return [_nbgrader_identity(file, stamps) for file in files]


def _nbgrader_identity(file: File, stamps: Mapping[Path, str]) -> list[Identity]:
    parts, steps = file.places, file.steps
    for at, part in enumerate(parts[:-1]):
        if match := _INBOUND.match(part):
            stamp = stamps.get(steps[at]) or in_utc(match["time"])
            return [_named(match["student"], match["assignment"], file, stamp, at)]
        if part in _STEPS and len(parts) > at + 3:
            return [_named(parts[at + 1], parts[at + 2], file, stamps.get(steps[at + 2], ""), at)]
    return []


def _named(student: str, assignment: str, file: File, submitted: str, depth: int) -> Identity:
    return Identity(
        f"{student}_{assignment}_{file.label.stem}",
        student,
        ("nbgrader", student, assignment),
        (Person(handle=student),),
        submitted=submitted,
        depth=depth,
    )


def _stamp(file: File) -> str:
    if file.packed or file.refused or not file.path.is_file() or file.path.is_symlink():
        return ""
    with file.path.open("rb") as stream:
        return in_utc(stream.read(_LONGEST_TIME).decode("utf-8", "replace"))


def in_utc(text: str) -> str:
    """Return a time such as ``2015-02-02 14:58:23.948203 America/Los_Angeles`` as ISO 8601 in UTC, or nothing."""
    match = _TIME.match(text.strip())
    if match is None:
        return ""
    try:
        zone = ZoneInfo(match[2] or "UTC")
        return datetime.fromisoformat(match[1]).replace(tzinfo=zone).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OSError, KeyError, OverflowError):  # a zone or a day that is none
        return ""
