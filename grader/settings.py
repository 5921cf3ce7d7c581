"""Where things are on this machine, read once from the environment and the installation."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates() -> Path:
    """Return the folder of HTML templates: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "templates"
    # An editable install does not see the folder that the wheel maps in.
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def assignment_roots() -> list[Path]:
    """Return the folders in which an assignment's slug is looked up, first match first.

    ``GRADER_ASSIGNMENTS`` (folders joined as in ``PATH``), then ``./assignments``, then ``assignments`` beside the
    package.
    """
    named = [Path(p) for p in os.environ.get("GRADER_ASSIGNMENTS", "").split(os.pathsep) if p]
    return [*named, Path.cwd() / "assignments", PACKAGE.parent / "assignments"]


def cache_dir() -> Path:
    """Return the folder for reference answers: ``GRADER_CACHE``, else the user's cache folder."""
    if named := os.environ.get("GRADER_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grader"


def runtime_dir() -> Path | None:
    """Return the folder under which a zygote makes its private folder, or None for the system's temporary folder."""
    named = os.environ.get("GRADER_RUNTIME") or os.environ.get("XDG_RUNTIME_DIR")
    return Path(named) if named else None
