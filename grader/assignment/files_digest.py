"""Digests of an assignment's files: of all that decide a grade, of the prelude's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.digests import digest, digest_of_files
from grader.ignored_files import leftover

_NO_PRELUDES = ("checks/*", "conftest.py", "misconceptions.py", "variants.py", "*.ipynb")


def prelude_digest(assignment: Assignment) -> str:
    """Return a SHA-256 over the files that the prelude may use.

    Checks, mistakes, notebooks and the solution are not among them.
    """
    without = (*(f.name for f in assignment.solution_files[:1]), *_NO_PRELUDES)
    return files_digest(
        assignment.root, (*assignment.solution_reads, *assignment.prelude_reads.values()), without=without
    )


def files_digest(root: Path, reads: Iterable[Path], without: Iterable[str] = ()) -> str:
    """Return a SHA-256 over all files that decide a grade.

    Samples and leftovers of tools do not. Files of ``root`` whose paths match a pattern of ``without`` are left out.
    """
    return digest_of_files((relative, file) for _, relative, file in _files(root, reads, without))


def digests_by_file(assignment: Assignment) -> dict[str, str]:
    """Return a SHA-256 of each file that :attr:`Assignment.digest` is over, by its path.

    Those of other folders have the folder's name before them.
    """
    reads = (*assignment.solution_reads, *assignment.prelude_reads.values())
    return {
        str(relative if folder == assignment.root else Path(folder.name, relative)): digest(file.read_bytes())
        for folder, relative, file in _files(assignment.root, reads)
    }


def _files(root: Path, reads: Iterable[Path], without: Iterable[str] = ()) -> Iterator[tuple[Path, Path, Path]]:
    """Return each file with its folder and its path from there."""
    for folder in (root, *reads):
        files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
        for file in files:
            relative = file.relative_to(folder)
            if relative.parts[:1] == ("samples",) or leftover(relative):
                continue
            if folder == root and any(fnmatchcase(relative.as_posix(), pattern) for pattern in without):
                continue
            yield folder, relative, file
