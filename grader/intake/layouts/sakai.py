"""Sakai, "Download All" of an assignment: a folder for each student, or flat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import Naming
from grader.intake.listing import File
from grader.intake.times import LONGEST_TIME, read_time

_NAMING = Naming(
    "sakai",
    (re.compile(r"(?P<last>[^,()]+), (?P<first>[^()]*[^()\s])\((?P<login>[^()\s]+)\)(?:_[^/]*\(s\)_.+)?"),),
    own=re.compile(
        r"(?:timestamp\.txt|comments\.txt|feedbackText\.html|[^/]*_submissionText\.html|Feedback [^/]+/.*)$"
    ),
)


def sakai(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``Doe, Jane(jdoe)/Submission attachment(s)/...``, or the same in one name.

    The time is in the folder's ``timestamp.txt``.
    """
    stamps = {file.folder: file for file in files if file.label.name == "timestamp.txt"}
    return [[_timed(i, file, stamps.get(file.steps[i.depth])) for i in _NAMING([file])[0]] for file in files]


def _timed(identity: Identity, file: File, stamp: File | None) -> Identity:
    if stamp is None or stamp.packed or stamp.refused or not stamp.path.is_file() or stamp.path.is_symlink():
        return identity
    with stamp.path.open("rb") as stream:
        return replace(identity, time=read_time(stream.read(LONGEST_TIME).decode("utf-8", "replace")))
