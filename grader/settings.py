"""Folders and options from environment variables; nothing from the working folder.

Commands are called where uploads lie. So nothing is looked up there: every setting is an absolute path.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from platformdirs import user_cache_dir, user_state_dir

from grader import messages
from grader.errors import UsageError

PACKAGE = Path(__file__).resolve().parent


def templates() -> Path:
    """Return the folder of HTML templates, inside the wheel or beside the package."""
    inside = PACKAGE / "templates"
    # An editable install does not see the folder that the wheel maps in.
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def assignment_roots() -> list[Path]:
    """Return the folders in which an assignment's slug is looked up, first match first.

    They are ``GRADER_ASSIGNMENTS`` (absolute folders joined as in ``PATH``), then in a checkout ``assignments`` beside
    the package. Raises UsageError for a folder that is not absolute.
    """
    named = [p for p in os.environ.get("GRADER_ASSIGNMENTS", "").split(os.pathsep) if p]
    checkout = [PACKAGE.parent / "assignments"] if (PACKAGE.parent / "pyproject.toml").is_file() else []
    return [*(absolute("GRADER_ASSIGNMENTS", p) for p in named), *checkout]


def cache_dir() -> Path:
    """Return the folder for what can be made again.

    It is ``GRADER_CACHE``, else ``grader`` in the user's cache folder. This and the functions below raise UsageError
    for a setting that is not an absolute path.
    """
    return named("GRADER_CACHE") or absolute("HOME", user_cache_dir("grader", appauthor=False))


def state_dir() -> Path:
    """Return the folder for what must last.

    It is ``GRADER_STATE``, else ``grader`` in the user's state folder.
    """
    return named("GRADER_STATE") or absolute("HOME", user_state_dir("grader", appauthor=False))


def zygotes_dir() -> Path:
    """Return the folder that tells where this machine's zygotes are.

    A home folder may be shared by machines, of which none can use another's zygotes.
    """
    return state_dir() / f"zygotes-{socket.gethostname()}"


def secret_file() -> Path:
    """Return the file of this installation's secret.

    It is ``GRADER_SECRET_FILE``, else ``secret`` in the state folder.
    """
    return named("GRADER_SECRET_FILE") or state_dir() / "secret"


def runtime_dir() -> Path | None:
    """Return the folder for zygotes' private folders, None for the system's temporary folder.

    It is not ``XDG_RUNTIME_DIR``, which a logout empties while a batch may go on.
    """
    return named("GRADER_RUNTIME")


def idle_s() -> float | None:
    """Return the seconds for which a zygote waits for another command.

    They are ``GRADER_IDLE_S``, or None where that is not set. Raises UsageError for what is no number of seconds.
    """
    value = os.environ.get("GRADER_IDLE_S")
    if not value:
        return None
    if not value.isdecimal():
        raise UsageError(messages.no_seconds("GRADER_IDLE_S", value))
    return float(value)


def named(name: str) -> Path | None:
    """Return the absolute path that an environment variable holds, or None."""
    value = os.environ.get(name)
    return absolute(name, value) if value else None


def absolute(name: str, value: str) -> Path:
    """Return a setting's path; raises UsageError if it depends on the working folder."""
    if not os.path.isabs(value):
        raise UsageError(messages.relative_path(name, value))
    return Path(value)
