"""ILIAS, "Download all submissions": a folder for each participant, perhaps in a team's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import Naming
from grader.intake.listing import File
from grader.intake.times import read_time

_NAMED = re.compile(r"(?P<last>[^_\d]+)_(?P<first>[^_\d]+)_(?P<login>[^_]*[^\W\d_][^_]*)_(?P<number>\d{2,})")
_NAMING = Naming("ilias", (_NAMED,))
_TEAM = re.compile(r"Team_\d+", re.IGNORECASE)
_STAMPED = re.compile(r"(\d{14})_(.+)")


def ilias(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``Doe_Jane_jdoe_1234/20251112101112_hw1.ipynb``.

    The time stands in front of a file's name where it has one. In ``Team_12/`` such folders are those of its members,
    who hand in together. Elsewhere nothing in such a name is ILIAS's alone: all folders side by side that hold
    notebooks must be named so, several of them, with numbers that differ.
    """
    beside: dict[Path, dict[str, str]] = defaultdict(dict)
    teams: dict[Path, dict[str, Identity]] = defaultdict(dict)
    for file in files:
        for depth, folder in enumerate(file.steps[:-1]):
            match = _NAMED.fullmatch(folder.name)
            if file.notebook:
                beside[folder.parent][folder.name] = match["number"] if match else ""
            if match and _TEAM.fullmatch(folder.parent.name):
                teams[folder.parent][folder.name] = _NAMING.identity(match.groupdict(), depth)
    return [_ilias_identities(file, beside, teams) for file in files]


def _ilias_identities(
    file: File, beside: Mapping[Path, Mapping[str, str]], teams: Mapping[Path, Mapping[str, Identity]]
) -> list[Identity]:
    stamped = _STAMPED.fullmatch(file.label.name)
    time, own = read_time(stamped[1] if stamped else ""), (stamped[2],) if stamped else ()
    for depth, folder in enumerate(file.steps[:-1]):
        if members := [*teams.get(folder, {}).values()]:
            names, people = ", ".join(m.student for m in members), tuple(p for m in members for p in m.people)
            return [Identity(folder.name, names, ("ilias", folder.name), people, time=time, depth=depth, names=own)]
        numbers = beside.get(folder.parent, {}).values()
        match = _NAMED.fullmatch(folder.name)
        if match and len({*numbers}) == len(numbers) > 1 and all(numbers):
            return [replace(_NAMING.identity(match.groupdict(), depth), time=time, names=own)]
    return []
