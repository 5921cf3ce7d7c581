"""Decide whose a file is when its path contains several names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File, bare
from grader.person import Person

OWNER = "owner"
"""What the key begins with of a file whose author a folder alone tells."""


class Nesting:
    """Tells which folders and zips wrap a class's work and which are one student's.

    ``claims`` are the identities that the names in a file's path claim, the outermost first.
    """

    def __init__(self, files: Sequence[File], claims: Sequence[Sequence[Identity]]) -> None:
        self._people: dict[Path, set[tuple[str, ...]]] = defaultdict(set)
        self._beside: dict[Path, set[Path]] = defaultdict(set)
        self._uploads: set[Path] = set()
        for file, levels in zip(files, claims, strict=True):
            steps = file.steps
            for depth, step in enumerate(steps):
                self._people[step].update(next(([i.key] for i in levels if i.depth > depth), ()))
                if depth and (levels or file.notebook or file.zipped):
                    self._beside[step.parent].add(step)
            if levels and not levels[-1].sure:
                self._uploads.add(steps[levels[-1].depth].parent)

    def author(self, file: File, levels: Sequence[Identity]) -> Identity | None:
        """Return who handed a file in, by the outermost name that can be a student's, or None."""
        by_depth = {i.depth: i for i in reversed(levels)}
        for depth, step in enumerate(file.steps):
            if identity := by_depth.pop(depth, None):
                if identity.sure or not self._is_download(step):
                    people = tuple(replace(p, depth=depth) for p in identity.people)
                    return replace(identity, key=(*identity.key, str(step.parent)), people=people)
            elif by_depth and depth and not self._wraps(step):
                return _owner(step, depth)
        return None

    def _is_download(self, step: Path) -> bool:
        """Tell whether what is named like an upload holds several people, and none beside it."""
        return len(self._people[step]) > 1 and step.parent not in self._uploads

    def _wraps(self, step: Path) -> bool:
        """Tell whether a folder or zip of no special name holds a download, not one's own work."""
        return len(self._people[step]) > 1 or all(
            len(self._people[other]) > 1 for other in self._beside[step.parent] if other != step
        )


def _owner(step: Path, depth: int) -> Identity:
    name = bare(step.name)
    return Identity(name, name, (OWNER, str(step)), (Person(handle=name, depth=depth),), depth=depth)
