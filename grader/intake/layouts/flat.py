"""No platform's naming: the files' own names, and those of the folders they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from grader.intake.files import File, is_zip
from grader.intake.layouts.identity import Identity
from grader.intake.person import Person


def flat(files: Sequence[File]) -> list[Identity]:
    """Take the first of these that no other file shares: the file's stem, its folders, its zip, all of them.

    The zip comes first where each of several holds one notebook. Nobody is taken for the author of two files.
    """
    holds = Counter(z for file in files if file.notebook for z in _zips(file))
    choices = [(*_own_zip(file, holds), *_choices(file)) for file in files]
    seen = Counter(choice.casefold() for options in choices for choice in set(options))
    return [_identity(options, seen) for options in choices]


def _zips(file: File) -> list[Path]:
    """Return the zips that a file is in, the innermost first."""
    return [file.root / parent for parent in file.label.parents if is_zip(parent)]


def _own_zip(file: File, holds: Mapping[Path, int]) -> list[str]:
    """Return the name of a file's zip when it is one of several, and holds no other notebook."""
    return [_bare(z.name) for z in _zips(file)[:1] if holds[z] == 1 and len(holds) > 1]


def _choices(file: File) -> tuple[str, ...]:
    """Return what may serve as the student's name, the best first; the last two serve as ids."""
    parts = [_bare(part) for part in file.label.parts[:-1]]
    in_zip = bool(parts) and is_zip(PurePath(file.label.parts[0]))
    root, folders = (parts[0], parts[1:]) if in_zip else (file.root.name, parts)
    path = "_".join((*folders, file.label.stem))
    return tuple(filter(None, (file.label.stem, "_".join(folders), root, path, f"{root}_{path}")))


def _bare(name: str) -> str:
    return name[:-4] if is_zip(PurePath(name)) else name


def _identity(options: Sequence[str], seen: Counter[str]) -> Identity:
    alone = [o for o in options if seen[o.casefold()] == 1]
    student = alone[0] if alone else options[-1]
    path = options[-2] if seen[options[-2].casefold()] == 1 else options[-1]
    # Any of its names may be the one that a roster knows.
    return Identity(path, student, people=tuple(Person(handle=o) for o in dict.fromkeys(alone or [student])))
