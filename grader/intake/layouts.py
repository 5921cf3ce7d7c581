"""How learning platforms name what they hand over: one function for each naming, tried in order.

A layout looks at a file's path, relative to the folder that was given, and says who handed it in; or None when the
path is not named that way. To support another platform, write its function and add it to ``LAYOUTS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Identity:
    """Who handed a file in, as its name tells it; ``id`` need not be unique or safe as a file name yet."""

    id: str
    student: str
    late: bool = False


Layout: TypeAlias = Callable[[PurePath], Identity | None]

_MOODLE = re.compile(r"^(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?")
_NBGRADER_STEPS = frozenset({"submitted", "autograded"})


def canvas(path: PurePath) -> Identity | None:
    """Read ``doejane_LATE_4711_98765_hw1.ipynb``: a name, the user's number, the upload's number, the file's own name.

    The first two neighbouring parts that are all digits are the numbers (Canvas's own rule); a name may hold ``_``
    itself. Blind grading writes ``anon_<word>_<upload>_<file>``.
    """
    parts = path.name.split("_")
    if parts[0] == "anon" and len(parts) > 3 and parts[2].isdecimal():
        return Identity("_".join(parts[:3]), "_".join(parts[:2]))
    for at in range(1, len(parts) - 2):
        if parts[at].isdecimal() and parts[at + 1].isdecimal():
            late = at > 1 and parts[at - 1] == "LATE"
            student = "_".join(parts[: at - late])
            return Identity("_".join((student, parts[at], parts[at + 1])), student, late)
    return None


def moodle(path: PurePath) -> Identity | None:
    """Read ``Jane Doe_12345_assignsubmission_file/hw1.ipynb``, with or without a last ``_``, and its flat form."""
    for part in path.parts:
        if match := _MOODLE.match(part):
            return Identity(f"{match['name']}_{match['number']}", match["name"])
    return None


def nbgrader(path: PurePath) -> Identity | None:
    """Read ``submitted/<student>/<assignment>/<notebook>.ipynb``."""
    match path.parts[-4:]:
        case (step, student, assignment, _) if step in _NBGRADER_STEPS:
            return Identity(f"{student}_{assignment}_{path.stem}", student)
    return None


LAYOUTS: tuple[Layout, ...] = (moodle, nbgrader, canvas)


def identify(path: PurePath, layouts: Sequence[Layout] = LAYOUTS) -> Identity | None:
    """Return what the first layout that knows this naming says, or None."""
    return next((found for layout in layouts if (found := layout(path))), None)
