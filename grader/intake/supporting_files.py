"""Find the files that were handed in beside a notebook, which its code may read.

They are what the same person handed in with it. Where no platform's naming tells whose files are, that is the folder
or the zip that one notebook has to itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import posixpath
import stat
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.intake import messages
from grader.intake.attempts import Handed
from grader.intake.layouts import METADATA_FILES, TEXT_ENTRIES
from grader.intake.listing import File, files_at, is_zip
from grader.intake.roster_authors import ROSTER
from grader.submission import FileRecord, Submission, SupportingFile, digest_with

MAX_FILES = 500
"""The most files beside one notebook that its code can read: those in the fewest folders."""

MAX_MB = 64
"""Their size together."""

_LONGEST_PATH = 200  # bytes


@dataclass(slots=True)
class Beside:
    """The files that one notebook's code may read, by their paths from the notebook.

    ``withheld`` gives the reasons, by their paths, for files that its code cannot read.
    """

    files: dict[str, File] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def add(self, file: File, size: int, paths: Sequence[str], home: str) -> None:
        """Choose a file, if it may be read, for a notebook in the folder ``home``.

        ``paths`` are those that it may have been given; a negative ``size`` is that of no file.
        """
        if any(part.startswith(".") for part in paths[0].split("/")):  # some tool's, and no work of the student's
            return
        if reason := self._why_withheld(file, paths, size):
            self.withheld[paths[0]] = reason
            return
        names = [posixpath.relpath(path, home or ".") for path in paths]
        if new := [name for name in names if name not in self.files]:
            self.files |= dict.fromkeys(new, file)
            self.size += size

    def _why_withheld(self, file: File, paths: Sequence[str], size: int) -> str:
        """Return why a file is not for the notebook's code to read, "" if it is."""
        if file.refused or file.unavailable or size < 0:
            return messages.NOT_TO_BE_OPENED
        if not all(map(is_usual_path, paths)):
            return messages.UNUSUAL_NAME
        if len(self.files) >= MAX_FILES:
            return messages.too_many_beside(MAX_FILES)
        return messages.too_much_beside(MAX_MB) if self.size + size > MAX_MB << 20 else ""


class FilesBeside:
    """Tells which files were handed in with which of the ``rows``, the files that are graded."""

    def __init__(self, handed: Sequence[Handed], rows: Sequence[Handed]) -> None:
        self._rows_below: Counter[Path] = Counter()
        self._with_rows: dict[Path, set[Path]] = defaultdict(set)
        for row in rows:
            steps = row.file.steps
            self._rows_below.update(steps)
            for above, step in itertools.pairwise(steps):
                self._with_rows[above].add(step)
        counted = {row.file.path for row in rows}
        folders = {self._own_folder(row) for row in rows if not _named_by_platform(row)} - {None}
        self._others: dict[object, list[Handed]] = defaultdict(list)
        for h in handed:
            if h.file.path in counted or h.file.notebook or h.who.own or h.file.label.name in METADATA_FILES:
                continue
            if h.who.key and _paths_in_upload(h)[0][-1] in TEXT_ENTRIES:
                continue
            if h.who.key:
                self._others[h.who.key, h.who.together].append(h)
            elif folder := next((step for step in h.file.steps if step in folders), None):
                self._others[folder].append(h)

    def choose(self, row: Handed, sizes: Mapping[Path, int]) -> Beside:
        """Choose the files that a notebook's code may read.

        ``sizes`` are those of files in zips.
        """
        chosen = Beside()
        others = self._others[row.who.key, row.who.together] if row.who.key else []
        if not _named_by_platform(row) and (folder := self._own_folder(row)):
            others = [*others, *self._others[folder]]
        home = posixpath.dirname("/".join(_paths_in_upload(row)[0]))
        # The newest first, where a platform leaves several of one name.
        for h in sorted(others, key=lambda h: (-h.who.serial, len(h.file.label.parts))):
            size = sizes.get(h.file.path, 0) if h.file.packed else size_of(h.file.path)
            chosen.add(h.file, size, ["/".join(path) for path in _paths_in_upload(h)], home)
        return chosen

    def _own_folder(self, row: Handed) -> Path | None:
        """Return the outermost folder or zip that is one person's, with their notebook.

        There is none where another is beside it. A folder around one person's counts if all of those beside it are one
        person's too; where there is but one notebook, what holds it is its own folder, or the zip that is its upload.
        """
        folders = row.file.steps[:-1]
        own = folders[-1]
        if self._rows_below[own] > 1:
            return None
        shared = next((n for n in reversed(range(len(folders))) if self._rows_below[folders[n]] > 1), None)
        if shared is None:
            return next((step for step in folders if is_zip(step)), own)
        beside = self._with_rows[folders[shared]]
        return folders[shared + 1] if all(self._rows_below[step] == 1 for step in beside) else own


def _named_by_platform(row: Handed) -> bool:
    """Tell whether a platform's naming, and not a roster, says whose a file is."""
    return bool(row.who.key) and row.who.key[0] != ROSTER


def _paths_in_upload(handed: Handed) -> list[tuple[str, ...]]:
    """Return the paths that a file may have had in an upload, zips there unpacked."""
    parts = handed.file.label.parts
    folders = [p for p in parts[handed.who.depth if handed.who.key else 0 : -1] if not is_zip(Path(p))]
    names = handed.who.names or parts[-1:]
    return [tuple(unicodedata.normalize("NFC", part) for part in (*folders, name)) for name in names]


def is_usual_path(path: str) -> bool:
    """Return whether a file's path can be shown, and is not too long for any file system."""
    return path.isprintable() and len(path.encode("utf-8", "replace")) <= _LONGEST_PATH


def size_of(path: Path) -> int:
    """Return a file's size, or -1 for what is none, such as a link."""
    try:
        status = path.lstat()
    except OSError:
        return -1
    return status.st_size if stat.S_ISREG(status.st_mode) else -1


def with_files(submission: Submission, chosen: Beside, unpacked: Mapping[Path, File]) -> Submission:
    """Return a submission with the files beside it that can be read, which its digest covers.

    ``unpacked`` are the files as they are on the disk now, by their paths.
    """
    files, withheld = [], dict(chosen.withheld)
    for name, file in sorted(chosen.files.items()):
        file = unpacked.get(file.path, file)
        if found := _supporting_file(name, file):
            files.append(found)
        else:
            withheld[name] = messages.NOT_TO_BE_OPENED
    sha256 = digest_with(submission.sha256, files)
    return replace(submission, files=tuple(files), sha256=sha256, withheld=messages.withheld(withheld))


def with_recorded(submission: Submission, records: Sequence[FileRecord]) -> Submission:
    """Return a submission with the recorded files that still lie near its notebook.

    They may have any names there.
    """
    above = max((r.name.split("/").count("..") for r in records), default=0)
    root = submission.path.parents[min(above, len(submission.path.parents) - 1)]
    by_size: dict[int, list[File]] = defaultdict(list)
    for file in files_at(root).files if records else ():
        by_size[size_of(file.path)].append(file)
    found = ((r, _supporting_file(r.name, file)) for r in records for file in by_size[r.size])
    files = {r.name: file for r, file in found if file and file.record() == r}
    sha256 = digest_with(submission.sha256, [*files.values()])
    return replace(submission, files=tuple(files.values()), sha256=sha256)


def _supporting_file(name: str, file: File) -> SupportingFile | None:
    if file.refused or file.unavailable or (size := size_of(file.path)) < 0:
        return None
    with contextlib.suppress(OSError), file.path.open("rb") as stream:
        return SupportingFile(name, size, hashlib.file_digest(stream, "sha256").hexdigest(), file.path)
    return None
