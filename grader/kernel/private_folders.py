"""Make short private folders for sockets, and remove those that nobody holds any more."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.kernel import messages
from grader.kernel.inside.folder_lock import LOCK, hold
from grader.kernel.inside.remove_tree import remove
from grader.sandbox import cgroups
from grader.settings import runtime_dir

if sys.platform != "win32":
    import fcntl

HANDED_ON = "GRADER_PRIVATE_FOLDER"
"""The environment variable that names a private folder to another process.

That process holds the folder and removes it at its end.
"""

_PREFIX = "grader-"
_MADE_HERE = re.compile(r"grader-[a-z0-9_]{8}")  # as mkdtemp names them
_LONGEST_PATH = 70  # a socket's path may have 107 bytes, and what stands below the folder needs 30


def private_folder() -> tuple[Path, int]:
    """Make a folder that only its owner may enter; return it and the descriptor that holds it.

    It lies in ``GRADER_RUNTIME``, or else in the system's temporary folder, or in ``/tmp`` where that will not do;
    what processes that were killed left behind there is removed. Raises UsageError where none of them will do.
    """
    reasons = []
    for name, place in _places():
        try:
            _sweep(place)
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
            if len(os.fsencode(folder)) <= _LONGEST_PATH:
                return folder, _held(folder)
            folder.rmdir()
            reasons.append(messages.too_long_path(name, place))
        except OSError as error:
            reasons.append(messages.unusable_folder(name, place, error.strerror))
    raise UsageError(messages.no_folder_for_sockets(reasons, _LONGEST_PATH - len(_PREFIX) - 9))


def _places() -> Iterator[tuple[str, Path]]:
    if named := runtime_dir():
        yield "GRADER_RUNTIME", named
    with contextlib.suppress(FileNotFoundError):  # there is none, not even /tmp
        yield "TMPDIR", Path(tempfile.gettempdir())
    yield messages.SYSTEMS_TEMPORARY_FOLDER, Path("/tmp")  # noqa: S108 - a folder of a name of its own is made in it


def _held(folder: Path) -> int:
    new = folder / f"{LOCK}.new"
    new.touch(mode=0o600)
    lock = os.open(new, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_SH)
    new.rename(folder / LOCK)  # under its name only once it is locked: whoever finds it unlocked removes the folder
    return lock


def _sweep(place: Path) -> None:
    """Remove our own folders that nobody holds any more."""
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            found = folder.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and _MADE_HERE.fullmatch(folder.name)
            if ours and not found.st_mode & 0o077:
                _remove_left(folder)


def _remove_left(folder: Path) -> None:
    """Remove a folder; raises OSError when it is held, or is none of these."""
    lock = hold(folder)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cgroups.remove_all(cgroups.home(), folder.name)
        remove(folder)
    finally:
        os.close(lock)
