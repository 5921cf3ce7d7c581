"""Moodle, "Download all submissions": a folder for each participant, or flat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.person import Person

_NAMED = re.compile(r"^(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_|$)")  # Moodle puts no "_" in names


def moodle(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``Jane Doe_12345_assignsubmission_file/hw1.ipynb``, with or without a last ``_``, and its flat form.

    The number is the participant's in the assignment: the grading worksheet has the same as ``Participant 12345``.
    """
    return [_moodle_identity(file) for file in files]


def _moodle_identity(file: File) -> list[Identity]:
    for depth, part in enumerate(file.places):
        if match := _NAMED.match(part):
            name, number = match["name"], match["number"]
            known = "" if name == "Participant" else name  # blind marking
            student, people = known or f"{name} {number}", (Person(name=known, participant=number),)
            return [Identity(f"{name}_{number}", student, ("moodle", number, name), people, depth=depth)]
    return []
