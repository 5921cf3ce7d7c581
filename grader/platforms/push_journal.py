"""The journal of what was written to platforms: ``pushed.jsonl`` beside the results.

A line says that something is about to be written, the next that it was. Each is on the disk before work goes on, so
that a process that is killed leaves at most one grade of which it is to be asked whether it arrived.
"""

from __future__ import annotations

import enum
import json
import os
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from grader import strict_json
from grader.atomic_write import open_own, sync_folder, write_atomically
from grader.closing import Closing
from grader.errors import UsageError
from grader.platforms import messages
from grader.timestamps import timestamp
from grader.typed_json import Sparse, record

JOURNAL = "pushed.jsonl"


class Step(enum.StrEnum):
    """Whether something is about to be written, or was."""

    WRITING = "writing"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class JournalEntry(Sparse):
    """One line: what of whom, to which assignment, when.

    ``target`` is the address of its page, ``person`` the platform's number; ``comment`` is the digest of a text.
    """

    target: str
    person: str
    step: Step
    grade: float
    attempt: int = 0
    comment: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a folder knows to have written for one person.

    ``last`` is what arrived last, ``begun`` what was begun since and may have arrived.
    """

    last: JournalEntry | None = None
    begun: tuple[JournalEntry, ...] = ()

    @property
    def grades(self) -> tuple[float, ...]:
        """The grades on the platform that can be ours."""
        return tuple(e.grade for e in (*([self.last] if self.last else ()), *self.begun))

    def with_entry(self, entry: JournalEntry) -> Known:
        """Return what is known after one more entry."""
        return replace(self, begun=(*self.begun, entry)) if entry.step is Step.WRITING else Known(entry)


def read_journal(out: Path, target: str) -> dict[str, Known]:
    """Return what a folder has written to an assignment, by person.

    A last line that a kill cut off counts for nothing: what it was to announce was not begun. Raises UsageError for a
    file with any other line.
    """
    known: defaultdict[str, Known] = defaultdict(Known)
    for number, line in enumerate(_whole_lines(out / JOURNAL), start=1):
        try:
            entry = record(JournalEntry, json.loads(line), tolerant=True)
        except (ValueError, RecursionError) as error:
            raise UsageError(messages.journal_unreadable(out / JOURNAL, number, str(error)[:200])) from error
        if entry.target == target:
            known[entry.person] = known[entry.person].with_entry(entry)
    return known


class PushJournal(Closing):
    """The journal of one assignment, open for entries."""

    def __init__(self, out: Path, target: str) -> None:
        path = out / JOURNAL
        self._target, self.known = target, read_journal(out, target)
        if path.exists() and not path.is_symlink() and (data := path.read_bytes()) and not data.endswith(b"\n"):
            write_atomically(path, data[: data.rfind(b"\n") + 1])
        self._file = open_own(path, "ab", buffering=0)
        sync_folder(out)

    def add(self, person: str, step: Step, grade: float, *, attempt: int, comment: str) -> None:
        """Add an entry durably."""
        now = timestamp()
        entry = JournalEntry(self._target, person, step, grade, attempt, comment, now)
        data = memoryview(strict_json.dumps(entry.to_json()).encode() + b"\n")
        while data:
            data = data[self._file.write(data) :]
        os.fsync(self._file.fileno())
        self.known[person] = self.known.get(person, Known()).with_entry(entry)

    def close(self) -> None:
        """Close the file; every entry is already safe."""
        self._file.close()


def _whole_lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
