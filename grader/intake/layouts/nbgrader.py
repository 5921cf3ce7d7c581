"""nbgrader: the course's ``submitted`` tree, and the exchange's ``inbound`` folders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import timestamps
from grader.intake.listing import File
from grader.intake.times import HandInTime, read_time
from grader.person import Person

_STEPS = frozenset({"submitted", "autograded"})
_INBOUND = re.compile(r"^(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-[^+]+)(?:\+[^+]*)?$")


def nbgrader(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``submitted/<student>/<assignment>/<notebook>.ipynb``.

    The time is in the assignment's ``timestamp.txt``. In the exchange a folder is named
    ``<student>+<assignment>+<time>``, so that a student may have several.
    """
    stamps = timestamps(files, zone="UTC")
    return [_nbgrader_identity(file, stamps) for file in files]


def _nbgrader_identity(file: File, stamps: Mapping[Path, HandInTime]) -> list[Identity]:
    parts, steps = file.places, file.steps
    for at, part in enumerate(parts[:-1]):
        if match := _INBOUND.match(part):
            stamp = _clearer(stamps.get(steps[at], HandInTime()), read_time(match["time"], zone="UTC"))
            return [_identity(match["student"], match["assignment"], file, stamp, at, match["time"])]
        if part in _STEPS and len(parts) > at + 3:
            return [_identity(parts[at + 1], parts[at + 2], file, stamps.get(steps[at + 2], HandInTime()), at)]
    return []


def _identity(student: str, assignment: str, file: File, time: HandInTime, depth: int, together: str = "") -> Identity:
    return Identity(
        f"{student}_{assignment}_{file.label.stem}",
        student,
        ("nbgrader", student, assignment),
        (Person(handle=student),),
        time=time,
        together=together,
        depth=depth,
    )


def _clearer(stamp: HandInTime, named: HandInTime) -> HandInTime:
    """Return ``timestamp.txt``'s time, or the folder's where that is better understood."""
    return stamp if stamp.text and (named.unclear or not stamp.unclear) else named
