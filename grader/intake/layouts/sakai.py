"""Sakai, "Download All" of an assignment: a folder for each student, or flat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import Naming, timestamps
from grader.intake.listing import File

_NAMING = Naming(
    "sakai",
    (re.compile(r"(?P<last>[^,()]+), (?P<first>[^()]*[^()\s])\((?P<login>[^()\s]+)\)(?:_[^/]*\(s\)_(?P<file>.+))?"),),
    own=re.compile(
        r"(?:timestamp\.txt|comments\.txt|feedbackText\.html|[^/]*_submissionText\.html|Feedback [^/]+/.*)$"
    ),
)


def sakai(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``Doe, Jane(jdoe)/Submission attachment(s)/...``, or the same in one name.

    The time is in the folder's ``timestamp.txt``.
    """
    stamps = timestamps(files)
    return [
        [replace(i, time=stamps.get(file.steps[i.depth], i.time)) for i in identities]
        for file, identities in zip(files, _NAMING(files), strict=True)
    ]
