"""Records of what was handed in, by whom and when, and of who handed in nothing."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import messages
from grader.digests import digest
from grader.person import Person
from grader.typed_json import Sparse

_ID = re.compile(r"(?:[^\W_]|\+)(?:[\w.+-]*(?:[^\W_]|\+))?")
_LONGEST_ID = 140  # bytes: what intake makes of a name, and a number that tells it from others


def is_id(text: str) -> bool:
    """Return whether a text may be a submission's id: a visible file name on every system."""
    fits = len(text.encode("utf-8", "replace")) <= _LONGEST_ID and unicodedata.is_normalized("NFC", text)
    return fits and _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file beside a notebook: its path from there, its bytes, their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SupportingFile(FileRecord):
    """The same, and the path at which it lies on this machine."""

    path: Path

    def record(self) -> FileRecord:
        """Return what a result says of it."""
        return FileRecord(self.name, self.size, self.sha256)


@dataclass(frozen=True, slots=True)
class SubmissionRecord(Sparse):
    """What a result says of a submission, or of somebody who handed in nothing.

    The fields are those of :class:`Submission`, but ``path`` is its label; without a file, ``path`` and ``sha256`` are
    empty. ``instead_of`` is the id of the row in whose place this one was added.
    """

    id: str
    student: str
    path: str
    sha256: str
    name: str = ""
    student_id: str = ""
    late: bool = False
    submitted: str = ""
    attempt: int = 1
    earlier: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    files: tuple[FileRecord, ...] = ()
    person: str = ""
    claims: tuple[Person, ...] = ()
    conflicts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    instead_of: str | None = None
    due: str = ""
    group: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One notebook that a student handed in, with the files beside it.

    ``id`` is unique in its batch and safe as a file name, ``student`` is whoever the file's name says handed it in,
    ``path`` is the file on disk, ``label`` the path as it should be shown (relative to what was given on the command
    line), ``sha256`` the digest of its bytes and of ``files``, which its code may read, ``late`` whether the platform
    marked it late, ``submitted`` when it says so (ISO 8601, in UTC; without an offset where it tells no zone).
    ``attempt`` counts from 1 over what the same student handed in, or as the platform does; ``earlier`` are the labels
    of what came before and is not graded, ``extras`` of files beside it that are neither notebooks nor among ``files``;
    ``withheld`` tells the student why, where one could expect to be read. ``name`` and ``student_id`` are a roster's.
    ``refused`` is the reason why the file is not to be opened, ``unavailable`` a sentence that says why this machine
    cannot read it. ``person`` is the same for what one person hands in today and tomorrow, as far as the platform's
    naming tells; ``claims`` is all that it tells of whoever handed it in. ``conflicts`` are sentences for staff about
    evidence that does not agree, ``remarks`` about what was not understood. ``due`` is when it had to be there,
    extensions included, written as ``submitted`` is; ``group`` and ``section`` are what the platform calls the group
    that handed it in and the part of the course.
    """

    id: str
    student: str
    path: Path
    label: str
    sha256: str
    late: bool = False
    submitted: str = ""
    attempt: int = 1
    earlier: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    files: tuple[SupportingFile, ...] = ()
    withheld: str = ""
    name: str = ""
    student_id: str = ""
    refused: str = ""
    unavailable: str = ""
    person: str = ""
    claims: tuple[Person, ...] = ()
    conflicts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    due: str = ""
    group: str = ""
    section: str = ""

    def record(self) -> SubmissionRecord:
        """Return what its result says of it."""
        return SubmissionRecord(
            id=self.id,
            student=self.student,
            path=self.label,
            sha256=self.sha256,
            name=self.name,
            student_id=self.student_id,
            late=self.late,
            submitted=self.submitted,
            attempt=self.attempt,
            earlier=self.earlier,
            extras=self.extras,
            files=tuple(f.record() for f in self.files),
            person=self.person,
            claims=self.claims,
            conflicts=self.conflicts,
            remarks=self.remarks,
            due=self.due,
            group=self.group,
            section=self.section,
        )


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody on the roster who handed nothing in.

    ``id`` is unique among the submissions' too. ``claims`` is all that the roster tells; ``message`` says it, and what
    to look at before it counts as a zero.
    """

    id: str
    student: str
    name: str = ""
    student_id: str = ""
    claims: tuple[Person, ...] = ()
    message: str = messages.NOTHING_HANDED_IN

    def record(self) -> SubmissionRecord:
        """Return what the result that says so says of them."""
        return SubmissionRecord(
            self.id, self.student, "", "", name=self.name, student_id=self.student_id, claims=self.claims
        )


def digest_with(sha256: str, files: Sequence[FileRecord]) -> str:
    """Return the digest of a notebook, which has one of its own, and of the files beside it."""
    named = sorted((f.name, f.sha256) for f in files)
    return digest(json.dumps([sha256, named]).encode()) if sha256 and files else sha256


def seed_of(sha256: str, secret: str) -> int:
    """Return the seed that a submission's digest and a secret stand for."""
    return int(digest(f"{secret} {sha256}".encode())[:8], 16)
