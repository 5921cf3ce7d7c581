"""GitHub Classroom: a clone for each student, as ``gh classroom clone`` leaves them."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.person import Person

_USERNAME = re.compile(r"^[a-zA-Z\d](?:[a-zA-Z\d]|-(?=[a-zA-Z\d])){0,38}$")  # GitHub's rule


def classroom(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``<assignment>-<username>/...``: clones side by side in a folder.

    The folder may be ``<assignment>-submissions``. A username may hold hyphens, and so may the assignment's name: it is
    what the folders' names have in common. Where no folder above says that these are submissions, two of them at least
    must hold the same notebook.
    """
    beside: dict[Path, dict[str, set[Path]]] = {}
    for file in files:
        if file.notebook:
            for folder in file.steps[:-1]:
                inside = (file.root / file.label).relative_to(folder)
                beside.setdefault(folder.parent, {}).setdefault(folder.name, set()).add(inside)
    slugs = {parent: slug for parent, clones in beside.items() if (slug := _common_slug(parent, clones))}
    return [_classroom_identity(file, slugs) for file in files]


def _common_slug(parent: Path, clones: dict[str, set[Path]]) -> str:
    """Return what all clones' names begin with if a username follows, else nothing."""
    if parent.name.endswith("-submissions"):
        slug = parent.name.removesuffix("submissions")
    else:
        common = os.path.commonprefix(sorted(clones))  # noqa: RUF071 - letters are meant, not folders
        slug = common[: common.rfind("-") + 1]
        if len(clones) < 2 or all(name.removeprefix(slug).isdecimal() for name in clones) or not _one_in_two(clones):
            return ""  # "week-1" and "week-2" are no clones, and neither are folders with nothing in common
    return slug if len(slug) > 1 and all(_USERNAME.match(n.removeprefix(slug)) for n in clones) else ""


def _one_in_two(clones: dict[str, set[Path]]) -> bool:
    return max(Counter(path for paths in clones.values() for path in paths).values()) > 1


def _classroom_identity(file: File, slugs: dict[Path, str]) -> list[Identity]:
    for depth, folder in enumerate(file.steps[:-1]):
        if (slug := slugs.get(folder.parent)) and folder.name.startswith(slug):
            user = folder.name.removeprefix(slug)
            key, people = ("classroom", str(folder)), (Person(login=user, handle=user),)
            return [Identity(folder.name, user, key, people, depth=depth, sure=False)]
    return []
