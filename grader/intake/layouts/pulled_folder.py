"""What ``grader pull`` fetched: a folder for each person or group, and a manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from grader.errors import UsageError
from grader.intake import messages
from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.intake.pull_manifest import MANIFEST, PulledAttempt, PulledSubmission, PullManifest, read_manifest
from grader.intake.times import read_time

NOBODYS = "nobody's"
"""What the key begins with of a file that was not pulled, or no longer counts."""

_Entries = Mapping[str, tuple[PulledSubmission, PulledAttempt]]


def pulled_folder(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``<person>/<attempt>/...`` below a folder with ``pulled.json``.

    That counts at the root alone: further down students may have put one. Raises UsageError for a folder that was not
    pulled to the end, as what is missing may be somebody's last attempt.
    """
    entries: dict[Path, _Entries] = {}
    for root in (f.root for f in files if f.label == PurePath(MANIFEST) and f.readable):
        if manifest := read_manifest(root):
            if not manifest.complete:
                raise UsageError(messages.not_pulled_to_the_end(root))
            entries[root] = _by_path(manifest)
    return [[_pulled_identity(file, entries[file.root])] if file.root in entries else [] for file in files]


def _by_path(manifest: PullManifest) -> _Entries:
    return {f.path: (s, attempt) for s in manifest.submissions for attempt in s.attempts for f in attempt.files}


def _pulled_identity(file: File, entries: _Entries) -> Identity:
    paths = (path.as_posix() for path in (file.label, *file.label.parents))  # what lies in a zip is the zip's
    if (found := next((entries[path] for path in paths if path in entries), None)) is None:
        return Identity(file.label.name, file.label.name, (NOBODYS, ""), depth=1, own=True)
    submission, attempt = found
    return Identity(
        "_".join(filter(None, (submission.name, submission.key[1]))),
        submission.name,
        submission.key,
        submission.people,
        late=attempt.late,
        time=read_time(attempt.submitted),
        serial=attempt.number,
        depth=1,
        together=str(attempt.number),
        attempt=attempt.number,
        due=submission.due,
        group=submission.group,
        section=submission.section,
    )
