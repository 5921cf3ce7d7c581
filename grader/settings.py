"""Where things are on this machine, read once from the environment and the installation."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

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


def secret() -> str:
    """Return this installation's secret, made and kept in the cache folder when it is first asked for.

    Where it cannot be kept it is empty, and grading says so in the log.
    """
    path = cache_dir() / "secret"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as new:  # for its owner alone
                new.write(secrets.token_hex(32))
                new.flush()
                with contextlib.suppress(FileExistsError):  # another process was first
                    os.link(new.name, path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        log.warning("%s cannot be kept (%s): who knows the checks can foretell what they draw", path, error)
        return ""


def runtime_dir() -> Path | None:
    """Return the folder under which a zygote makes its private folder, or None for the system's temporary folder."""
    named = os.environ.get("GRADER_RUNTIME") or os.environ.get("XDG_RUNTIME_DIR")
    return Path(named) if named else None
