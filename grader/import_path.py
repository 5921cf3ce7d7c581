"""Keep the working folder off the paths on which code is found: commands are called where uploads lie."""

from __future__ import annotations

import os
import sys

_LISTS = ("PYTHONPATH", "PATH", "LD_LIBRARY_PATH")


def leave_working_folder() -> None:
    """Take the working folder off this process's import path and off that of every process started from now on.

    Only what an environment variable names by an absolute path stays. Python may have looked there already: what it
    imports before the first line of a program, it finds as ``python -P`` and the installed script let it.
    """
    relative = _relative_entries(os.environ.get("PYTHONPATH", ""))
    sys.path[:] = [entry for entry in sys.path if os.path.isabs(entry) and entry not in relative]
    leave_it_to_nobody()


def leave_it_to_nobody() -> None:
    """Let no process that is started from now on look for code in the working folder."""
    os.environ["PYTHONSAFEPATH"] = "1"  # python -c and -m would put it first
    for name in _LISTS:
        if name in os.environ:
            os.environ[name] = os.pathsep.join(filter(os.path.isabs, os.environ[name].split(os.pathsep)))


def _relative_entries(paths: str) -> set[str]:
    """Return what Python makes of the entries that are empty or relative, unless they are named in full besides."""
    entries = paths.split(os.pathsep) if paths else []
    return {os.path.abspath(e) for e in entries if not os.path.isabs(e)} - set(entries)
