"""The file that says what was pulled from a platform, and whose it is.

``pulled.json`` stands in a folder of its own. Below it, what one person or group handed in lies in a folder, and there
each attempt in another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from grader import strict_json
from grader.atomic_write import write_atomically
from grader.errors import UsageError
from grader.intake import messages
from grader.messages import other_schema
from grader.person import Person
from grader.typed_json import Sparse, record

MANIFEST, ROSTER = "pulled.json", "roster.csv"

_SCHEMA = 1
_LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class PulledFile(Sparse):
    """A file of an attempt: its path below the folder, and what the platform knows it by."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class PulledAttempt(Sparse):
    """What was handed in at once; times are in ISO 8601, ``number`` is the platform's, from 1."""

    number: int
    submitted: str = ""
    late: bool = False
    files: tuple[PulledFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PulledSubmission(Sparse):
    """The attempts of a person or a group.

    ``key`` is what tells them from others on the platform, ``name`` theirs or the group's.
    """

    key: tuple[str, ...]
    name: str
    people: tuple[Person, ...]
    attempts: tuple[PulledAttempt, ...]
    due: str = ""
    group: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class PullManifest(Sparse):
    """What a folder holds of an assignment, whose page is at ``address``.

    A pull that was interrupted has left one that is not ``complete``. ``points`` are the most that the platform gives.
    """

    platform: str
    address: str
    title: str
    submissions: tuple[PulledSubmission, ...] = ()
    points: float | None = None
    due: str = ""
    complete: bool = False
    schema: int = 0


def read_manifest(folder: Path) -> PullManifest | None:
    """Return what a folder's manifest says, None where there is none.

    Raises UsageError for a file that is none.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(_LARGEST))
        found = record(PullManifest, data, tolerant=True)
        if found.schema != _SCHEMA:
            raise ValueError(other_schema(found.schema, _SCHEMA))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(messages.manifest_unreadable(path, str(error)[:200])) from error
    return found


def write_manifest(folder: Path, manifest: PullManifest) -> None:
    """Write a folder's manifest in one step."""
    data = manifest.to_json() | {"schema": _SCHEMA}
    write_atomically(folder / MANIFEST, strict_json.dumps(data, indent=1).encode() + b"\n")
