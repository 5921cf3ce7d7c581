"""Gradescope's download: a folder for each submission, and a file of metadata.

The shape of the export is not documented; what is read here is what its users' scripts rely on: folders
``assignment_<number>_export/submission_<number>/`` and, beside them, ``submission_metadata.yml`` as Ruby writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.intake.times import HandInTime, read_time
from grader.person import Person

METADATA = "submission_metadata.yml"

_SUBMISSION_FOLDER = re.compile(r"^submission_\w+$")
_SUBMISSION_ENTRY = re.compile(r"^['\"]?(submission_\w+)['\"]?:\s*$")
_FIELD = re.compile(r"^  (?P<item>[- ]) ?\s*:(?P<name>name|sid|email): (?P<value>.+)$")
_CREATED = re.compile(r"^  :created_at: ['\"]?(\d{4}-[^'\"]+)")
_LONGEST_LINE = 10_000


def gradescope(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``submission_<number>/...``.

    Names, numbers and addresses come from ``submission_metadata.yml``.
    """
    written = [f for f in files if f.label.name == METADATA and f.readable]
    by_folder = {f.folder: _submissions_in(f.path) for f in written}
    return [_gradescope_identity(file, by_folder) for file in files]


def _gradescope_identity(
    file: File, entries: dict[Path, dict[str, tuple[tuple[Person, ...], HandInTime]]]
) -> list[Identity]:
    for depth, folder in enumerate(file.steps[:-1]):
        if _SUBMISSION_FOLDER.match(folder.name) and (
            folder.name.removeprefix("submission_").isdecimal() or folder.parent in entries
        ):
            people, time = entries.get(folder.parent, {}).get(folder.name, ((), HandInTime()))
            number = folder.name.removeprefix("submission_")
            people = people or ((Person(participant=number),) if number.isdecimal() else ())
            student = ", ".join(p.name or p.email or p.sis for p in people) or folder.name
            key = ("gradescope", folder.name)
            return [Identity(folder.name, student, key, people, time=time, depth=depth)]
    return []


def _submissions_in(path: Path) -> dict[str, tuple[tuple[Person, ...], HandInTime]]:
    """Return who made each submission, and when.

    Only the few lines that are needed are read: the rest quotes students' output, and no YAML parser is safe and quick
    on that.
    """
    found: dict[str, tuple[tuple[Person, ...], HandInTime]] = {}
    people: list[dict[str, str]] = []
    name, created, listed = "", HandInTime(), False
    for line in (*_bounded_lines(path), "end_"):
        if not line.startswith((" ", "-", "#")):
            if name:
                found[name] = (tuple(Person.of(p) for p in people), created)
            entry = _SUBMISSION_ENTRY.match(line)
            name, people, created, listed = entry[1] if entry else "", [], HandInTime(), False
        elif re.match(r"^  :\w+:", line):
            listed = line.startswith("  :submitters:")
            created = read_time(match[1], zone="UTC") if (match := _CREATED.match(line)) else created
        elif listed and (match := _FIELD.match(line)):
            if match["item"] == "-":
                people.append({})
            if people:
                people[-1]["sis" if match["name"] == "sid" else match["name"]] = _yaml_text(match["value"])
    return found


def _bounded_lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as stream:
        while line := stream.readline(_LONGEST_LINE):
            yield line.rstrip("\r\n")


def _yaml_text(text: str) -> str:
    """Return a plain or quoted YAML scalar's text."""
    text = text.strip()
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return text.strip('"')
    if text.startswith("'"):
        return text[1:].removesuffix("'").replace("''", "'")
    return "" if text in {"null", "~"} else text
