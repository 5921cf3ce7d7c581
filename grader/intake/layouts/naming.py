"""Describe how a platform names what it hands over, as patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.intake.times import LONGEST_TIME, HandInTime, read_time
from grader.person import Person


@dataclass(frozen=True, slots=True)
class Naming:
    """How a platform names an upload's folder, zip or file.

    ``patterns`` match a whole name, the surest first. What their groups are called says what they tell: ``name`` (or
    ``first`` and ``last``), ``id``, ``login``, ``email``, ``number`` (that stands for a person on the platform alone),
    ``time``, ``attempt``, ``file`` (its own name). ``own`` matches the path, below the upload, of what the platform
    itself puts there.
    """

    platform: str
    patterns: tuple[re.Pattern[str], ...]
    own: re.Pattern[str] | None = None

    def __call__(self, files: Sequence[File]) -> list[list[Identity]]:
        """Return what the outermost name of each file's path tells that is the platform's."""
        return [self._identities(file) for file in files]

    def _identities(self, file: File) -> list[Identity]:
        if (found := first_match(file, *self.patterns)) is None:
            return []
        depth, match = found
        below = "/".join(file.places[depth + 1 :])
        identity = self.identity(match.groupdict(), depth, own=bool(self.own and self.own.match(below)))
        return [replace(identity, names=own_names(match, file, depth))]

    def identity(self, told: dict[str, str | None], depth: int, *, own: bool = False) -> Identity:
        """Return who handed something in, from what the groups of a pattern told."""
        known = {key: (value or "").strip() for key, value in told.items()}
        name = known.get("name") or f"{known.get('first', '')} {known.get('last', '')}".strip()
        person = Person.of({"name": name} | {key: known.get(key, "") for key in ("id", "login", "email")})
        number = known.get("number") or person.number
        return Identity(
            "_".join(filter(None, (name, number))),
            name or person.number,
            (self.platform, number, name),
            (person,),
            time=read_time(known.get("time", "")),
            serial=int(known.get("attempt") or 0),
            together=f"{known.get('time', '')} {known.get('attempt', '')}",
            depth=depth,
            own=own,
        )


def own_names(match: re.Match[str], file: File, depth: int) -> tuple[str, ...]:
    """Return the student's name of a file, where its own name and no folder's matches."""
    name = match.groupdict().get("file") if depth == len(file.label.parts) else ""
    return (name,) if name else ()


def first_match(file: File, *patterns: re.Pattern[str]) -> tuple[int, re.Match[str]] | None:
    """Return the outermost name in a file's path that one of the patterns is, with its depth."""
    found = ((depth, pattern.fullmatch(part)) for depth, part in enumerate(file.places) for pattern in patterns)
    return next(((depth, match) for depth, match in found if match), None)


def timestamps(files: Sequence[File], zone: str = "") -> dict[Path, HandInTime]:
    """Return the times in the files ``timestamp.txt`` by their folders.

    ``zone`` is the zone of one that names none.
    """
    stamps = (file for file in files if file.label.name == "timestamp.txt")
    return {file.folder: read_time(file.beginning(LONGEST_TIME), zone) for file in stamps}
