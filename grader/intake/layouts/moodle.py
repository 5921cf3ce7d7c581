"""Moodle, "Download all submissions": a folder for each participant, or flat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.intake.files import File
from grader.intake.layouts.identity import Identity
from grader.intake.person import Person

_NAMED = re.compile(r"^(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_|$)")  # Moodle puts no "_" in names


def moodle(files: Sequence[File]) -> list[Identity | None]:
    """Read ``Jane Doe_12345_assignsubmission_file/hw1.ipynb``, with or without a last ``_``, and its flat form.

    The number is the participant's in the assignment: the grading worksheet has the same as ``Participant 12345``.
    """
    return [_identity(file) for file in files]


def _identity(file: File) -> Identity | None:
    match = next((m for part in file.places if (m := _NAMED.match(part))), None)
    if match is None:
        return None
    name, number = match["name"], match["number"]
    known = "" if name == "Participant" else name  # blind marking
    return Identity(
        f"{name}_{number}",
        f"{name} {number}" if not known else name,
        ("moodle", number),
        (Person(name=known, participant=number),),
    )
