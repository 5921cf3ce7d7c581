"""List the files that were given, before they are assigned to people."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from grader.errors import MachineError
from grader.ignored_files import leftover
from grader.intake import messages

MAX_DEPTH = 40
"""The most parts of a path inside what was handed in.

Nobody nests their work so deep, and each level takes time.
"""

SCRATCH = ".unpacked-"
"""What the names of our own folders for unpacked files begin with."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, on the disk or still in a zip.

    ``path`` is where it is, or will be once it is unpacked; ``label`` the path as it should be shown, relative to the
    folder ``root``, a zip counting as a folder; ``refused`` the reason why it is not to be opened; ``unavailable`` a
    sentence that says why this machine cannot read it, which is not the fault of whoever handed it in; ``packed``
    whether it is still in its zip.
    """

    path: Path
    label: PurePath
    root: Path
    refused: str = ""
    packed: bool = False
    unavailable: str = ""

    @property
    def notebook(self) -> bool:
        """Whether it is named like a notebook, were it ``hw1.IPYNB`` or ``hw1.ipynb.txt``."""
        return ".ipynb" in self.label.name.lower()

    @property
    def zipped(self) -> bool:
        """Whether it is named like a zip archive."""
        return is_zip(self.label)

    @property
    def readable(self) -> bool:
        """Whether it is on the disk and may be opened.

        A link may not: it could lead out of what was handed in.
        """
        held_back = self.packed or self.refused or self.unavailable
        return not held_back and self.path.is_file() and not self.path.is_symlink()

    def beginning(self, longest: int) -> str:
        """Return the first characters of a text, none of a file that may not be opened."""
        if not self.readable:
            return ""
        with self.path.open(encoding="utf-8-sig", errors="replace") as stream:
            return stream.read(longest)

    @property
    def places(self) -> tuple[str, ...]:
        """The name of the root, of the folders below it, and its own."""
        return (self.root.name, *self.label.parts)

    @property
    def steps(self) -> tuple[Path, ...]:
        """The root, the folders and zips below it, and the file, as it is shown."""
        return tuple(self.root.joinpath(*self.label.parts[:n]) for n in range(len(self.label.parts) + 1))

    @property
    def folder(self) -> Path:
        """The folder that it is shown in."""
        return self.root / self.label.parent


def is_zip(path: PurePath) -> bool:
    """Return whether a path is named like a zip archive."""
    return path.suffix.lower() == ".zip"


def bare(name: str) -> str:
    """Return a folder's or a zip's name without what marks the zip."""
    return name[:-4] if is_zip(PurePath(name)) else name


@dataclass(slots=True)
class Listing:
    """Files, and the labels of what was passed over because no person put it there."""

    files: list[File] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)

    def passes(self, inside: PurePath, folder: PurePath | None = None) -> bool:
        """Return whether a path inside a folder or zip is passed over, and take note of it if so."""
        if len(inside.parts) > MAX_DEPTH:
            self.passed_over[PurePath(folder or "", *inside.parts[:2]).as_posix()] = messages.NESTED_TOO_DEEP
            return True
        if (found := leftover(inside)) is None:
            return False
        self.passed_over[PurePath(folder or "", found[0]).as_posix()] = found[1]
        return True


def files_at(path: Path, apart: Collection[Path] = ()) -> Listing:
    """List the file at a path, or the files below a folder in sorted order; follows no links.

    What is ``apart``, by its real path, is left out below a folder: it was not handed in. A folder that this machine
    does not list stands there as a file that is unavailable. Raises MachineError when it is the whole.
    """
    if not path.is_dir():
        return Listing([File(path.resolve(), PurePath(path.name), path.absolute().parent)])
    root = path.resolve()
    listing, unlisted = Listing(), list[OSError]()
    for here, folders, names in os.walk(root, onerror=unlisted.append):  # links could lead out of what was handed in
        below = PurePath(here).relative_to(root)
        for name in (f for f in folders if Path(here, f).is_symlink()):
            listing.passed_over[(below / name).as_posix()] = messages.LINK_TO_FOLDER
        folders[:] = [
            f
            for f in folders
            if not f.startswith(SCRATCH) and root / below / f not in apart and not listing.passes(below / f)
        ]
        kept = [below / n for n in names if root / below / n not in apart and not listing.passes(below / n)]
        listing.files += [File(root / relative, relative, root) for relative in kept]
    for error in unlisted:
        folder = Path(os.fsdecode(error.filename))
        refused = MachineError(messages.folder_not_listed(folder.name), error)
        if folder == root:
            raise refused
        # One name further down, where the names of files would stand that tell whose they are.
        inside = folder.relative_to(root) / folder.name
        listing.files.append(File(folder, inside, root, unavailable=str(refused)))
    listing.files.sort(key=lambda file: file.label)
    return listing
