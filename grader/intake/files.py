"""What was handed in, as files on this machine, before anybody asks whose they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

_SKIPPED_FOLDERS = frozenset({"__MACOSX", "__pycache__"})


@dataclass(frozen=True, slots=True)
class File:
    """One file, on the disk or still in a zip.

    ``path`` is where it is, or will be once it is unpacked; ``label`` the path as it should be shown, relative to the
    folder ``root``, a zip counting as a folder; ``refused`` the reason why it is not to be opened; ``packed`` whether
    it is still in its zip.
    """

    path: Path
    label: PurePath
    root: Path
    refused: str = ""
    packed: bool = False

    @property
    def notebook(self) -> bool:
        """Whether it is named like a notebook, were it ``hw1.IPYNB`` or ``hw1.ipynb.txt``."""
        return ".ipynb" in self.label.name.lower()

    @property
    def zipped(self) -> bool:
        """Whether it is named like a zip archive."""
        return is_zip(self.label)

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


def is_hidden(path: PurePath) -> bool:
    """Return whether a relative path is a hidden file, a checkpoint, or a leftover of an archiver or of Python."""
    return any((part.startswith(".") and part != "..") or part in _SKIPPED_FOLDERS for part in path.parts)


def files_at(path: Path) -> list[File]:
    """Return the file at a path, or the files below a folder in sorted order, but hidden ones; follows no links."""
    if not path.is_dir():
        return [File(path.resolve(), PurePath(path.name), path.absolute().parent)]
    root = path.resolve()
    return [File(root / relative, relative, root) for relative in sorted(_walk(root))]


def _walk(root: Path) -> Iterator[PurePath]:
    for here, folders, names in os.walk(root):  # follows no links: they could lead out of what was handed in
        below = Path(here).relative_to(root)
        folders[:] = [f for f in folders if not is_hidden(PurePath(f))]
        yield from (below / n for n in names if not is_hidden(PurePath(n)))
