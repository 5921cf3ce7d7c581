"""Names and ids from files and folders where no platform's naming is found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import TypeAlias

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File, bare, is_zip
from grader.person import Person

Name: TypeAlias = tuple[int, str]
"""A name that may be the student's, behind the depth at which it stands."""


def flat(files: Sequence[File]) -> list[Identity]:
    """Identify a file by the first that no other shares: its stem, folders, zip, all of them.

    The zip comes first where each of several holds one notebook, and the folders where files in them are called alike.
    A name is not shared with what stands further down: that may be called as its author likes. Nobody is taken for the
    author of two files.
    """
    holds = Counter(z for file in files if file.notebook for z in _zips(file))
    in_own = _in_own_folders(files)
    choices = [
        (*_own_zip(file, holds), *_choices(file, in_own=owned)) for file, owned in zip(files, in_own, strict=True)
    ]
    owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for n, options in enumerate(choices):
        for name in {name.casefold() for _, name in options}:
            owners[name].append((min(d for d, other in options if other.casefold() == name), n))
    first_two = {name: sorted(of_name)[:2] for name, of_name in owners.items()}
    return [_flat_identity(n, file, choices[n], first_two, in_own=in_own[n]) for n, file in enumerate(files)]


def _in_own_folders(files: Sequence[File]) -> list[bool]:
    """Tell of each file whether its folders are people's: notebooks beside have one name."""
    folders: dict[tuple[Path, int, str], set[Path]] = defaultdict(set)
    for file in files:
        if file.notebook:
            folders[file.root, len(file.label.parts), file.label.stem.casefold()].add(file.folder)
    depths: dict[Path, int] = {}
    for (root, depth, _), inside in folders.items():
        if len(inside) > 1:
            depths[root] = min(depth, depths.get(root, depth))
    return [len(file.label.parts) >= depths.get(file.root, len(file.label.parts) + 1) for file in files]


def _zips(file: File) -> list[Path]:
    """Return the zips that a file is in, the innermost first."""
    return [file.root / parent for parent in file.label.parents if is_zip(parent)]


def _own_zip(file: File, holds: Mapping[Path, int]) -> list[Name]:
    """Return the name of a file's zip when it is one of several, and holds no other notebook."""
    zips = _zips(file)[:1] if len(holds) > 1 else []
    return [(len(z.relative_to(file.root).parts), bare(z.name)) for z in zips if holds[z] == 1]


def _choices(file: File, *, in_own: bool) -> list[Name]:
    """Return what may serve as the student's name, the best first; the last two serve as ids."""
    parts = [bare(part) for part in file.label.parts[:-1]]
    in_zip = bool(parts) and is_zip(PurePath(file.label.parts[0]))
    root, folders = (parts[0], parts[1:]) if in_zip else (file.root.name, parts)
    path = "_".join((*folders, file.label.stem))
    depth = len(parts) + 1
    names = [(depth, file.label.stem), (len(parts), "_".join(folders))]
    ways = [*(reversed(names) if in_own else names), (int(in_zip), root), (depth, path), (depth, f"{root}_{path}")]
    return [way for way in ways if way[1]]


def _flat_identity(
    n: int, file: File, options: Sequence[Name], first_two: Mapping[str, Sequence[tuple[int, int]]], *, in_own: bool
) -> Identity:
    def alone(depth: int, name: str) -> bool:
        return all(d > depth for d, other in first_two[name.casefold()] if other != n)

    names = [name for depth, name in options if alone(depth, name)]
    student = names[0] if names else options[-1][1]
    path = options[-2] if alone(*options[-2]) else options[-1]
    # Any of its names may be the one that a roster knows, the outermost first; one that others share is nobody's.
    steps = [(depth, bare(part)) for depth, part in enumerate(file.label.parts[:-1], start=1)]
    known = [*steps, *(way for way in options if alone(*way) and not (in_own and way[0] > len(steps)))]
    handles = sorted(dict.fromkeys(known), key=lambda way: way[0])
    return Identity(path[1], student, people=tuple(Person(handle=name, depth=depth) for depth, name in handles))
