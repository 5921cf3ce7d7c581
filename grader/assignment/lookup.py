"""Find an assignment by its slug or path, and read it."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path

from grader.assignment import messages
from grader.assignment.assignment import FILE, Assignment
from grader.assignment.assignment_file import parse_assignment
from grader.errors import AssignmentError, UsageError
from grader.settings import assignment_roots


def load_assignment(slug_or_path: str) -> Assignment:
    """Find and read an assignment by its slug or by the path of its folder.

    A slug is looked up in the configured folders alone; a path is what has a separator in it or begins with a dot.
    Raises UsageError when there is none, AssignmentError when its file breaks a rule.
    """
    root = _find_folder(slug_or_path)
    path = root / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AssignmentError(path, messages.no_toml(error)) from error
    return parse_assignment(root, path, data)


def load_only_assignment() -> Assignment:
    """Read the only configured assignment; raises UsageError for none or several."""
    known = known_slugs()
    if len(known) != 1:
        found = messages.several_known(known) if known else messages.NONE_IS_KNOWN
        raise UsageError(messages.which_assignment(found))
    return load_assignment(known[0])


def is_known(slug: str) -> bool:
    """Return whether an assignment of this name lies in the configured folders."""
    return slug in known_slugs()


def known_slugs() -> list[str]:
    """Return the slugs of all assignments in the configured folders."""
    return sorted({p.parent.name for r in assignment_roots() if r.is_dir() for p in r.glob(f"*/{FILE}")})


def _find_folder(slug_or_path: str) -> Path:
    given, roots = Path(slug_or_path), assignment_roots()
    is_path = slug_or_path.startswith(".") or any(s in slug_or_path for s in (os.sep, os.altsep) if s)
    for folder in [given] if is_path else [r / slug_or_path for r in roots]:
        if (folder / FILE).is_file():
            return folder.resolve()
    known = known_slugs()
    near = difflib.get_close_matches(given.name, known, n=1)
    if not is_path and (given / FILE).is_file():  # nothing is taken for lying where the command is called
        hint = messages.write_as_path(slug_or_path)
    elif near:
        hint = messages.did_you_mean(near[0])
    else:
        hint = messages.known_ones(known)
    raise UsageError(messages.no_assignment(slug_or_path, hint))
