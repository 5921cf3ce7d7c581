"""Find the assignment of a student's own notebook: a release beside it or a known one.

Nothing that was handed in decides what is run.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from grader import messages
from grader.assignment import FILE, Assignment, is_known, load_assignment, load_only_assignment
from grader.errors import GraderError, UsageError
from grader.intake import read_notebook

TESTS = "tests.py"
"""The file of a release that is called in the notebook to check its functions."""

_LARGEST = 1 << 20  # bytes of a release's settings
_SLUG = re.compile(r"[\w.-]{1,100}")


@dataclass(frozen=True, slots=True)
class FoundAssignment:
    """An assignment, and whether it lay beside the notebook, so that it must be trusted first."""

    assignment: Assignment
    beside: bool


def find_assignment(notebook: Path, named: str | None = None) -> FoundAssignment:
    """Return the assignment that a notebook is to be checked by.

    It is the one that is ``named``, or that the notebook's metadata name, or the only one there is. A name is looked up
    in the configured folders, then beside the notebook. Without one, a release beside the notebook comes first. Raises
    UsageError when there is none or more than one.
    """
    beside = releases_in(notebook.parent)
    if named is not None:
        if named in beside and not is_known(named):
            return FoundAssignment(load_assignment(str(beside[named])), beside=True)
        return FoundAssignment(load_assignment(named), beside=False)
    own = named_in(notebook)
    if own in beside:
        return FoundAssignment(load_assignment(str(beside[own])), beside=True)
    if own:
        if is_known(own):
            return FoundAssignment(load_assignment(own), beside=False)
        raise UsageError(messages.checks_not_here(notebook, own))
    if len(beside) > 1:
        raise UsageError(messages.several_beside(notebook, sorted(beside)))
    for folder in beside.values():
        return FoundAssignment(load_assignment(str(folder)), beside=True)
    return FoundAssignment(load_only_assignment(), beside=False)


def releases_in(folder: Path) -> dict[str, Path]:
    """Return the assignments of releases that lie in a folder, by their names."""
    found = {}
    for file in sorted(folder.resolve().glob(f"*/{FILE}")):
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if (
                file.is_file()
                and file.stat().st_size <= _LARGEST
                and "recorded" in tomllib.loads(file.read_text(encoding="utf-8"))
            ):
                found[file.parent.name] = file.parent
    return found


def parts_of_releases(folder: Path) -> list[Path]:
    """Return what of a folder came with releases in it, and is no student's own."""
    return [path for release in releases_in(folder).values() for path in (release, release.with_name(TESTS))]


def named_in(notebook: Path) -> str:
    """Return the assignment that a notebook's metadata name, "" where none is or no notebook."""
    with contextlib.suppress(GraderError, UnicodeError):  # it is said where the notebook is graded
        match read_notebook(notebook).metadata.get("grader"):
            case {"assignment": str(name)} if _SLUG.fullmatch(name):
                return name
    return ""
