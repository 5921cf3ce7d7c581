"""Keep out of our processes what lies in the working folder, and what takes long."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_starting = threading.RLock()
_VARIABLES = ("PYTHONPATH", "PATH", "LD_LIBRARY_PATH")


def leave_working_folder() -> None:
    """Take the working folder off the import path of this process.

    Processes that are started from now on do not have it either. For processes that are ours alone: whoever uses this
    package in another program is not to notice. Only what an environment variable names by an absolute path stays.
    Python may have looked there already: what it imports before the first line of a program, it finds as ``python -P``
    and the installed script let it.
    """
    relative = _relative_entries(os.environ.get("PYTHONPATH", ""))
    sys.path[:] = [entry for entry in sys.path if os.path.isabs(entry) and entry not in relative]
    os.environ |= _safe_variables()


def skip_slow_imports() -> None:
    """Have the libraries of this process do without what takes long to import.

    For processes that are ours alone. Where JupyterLab is installed, jsonschema would compile the grammar of
    internationalised addresses, which is 1 s of CPU and of no use to notebooks.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # an import of it raises ImportError


@contextlib.contextmanager
def safe_path() -> Iterator[None]:
    """Let no process that is started in this context look for code in the working folder.

    One thread at a time is in it: the environment is the whole process's.
    """
    with _starting:
        safe = _safe_variables()
        before = {name: os.environ.get(name) for name in safe}
        os.environ |= safe
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _safe_variables() -> dict[str, str]:
    """Return variables by which Python and the system look only where is named in full."""
    kept = {
        name: filter(os.path.isabs, os.environ[name].split(os.pathsep)) for name in _VARIABLES if name in os.environ
    }
    # Without the first, python -c and -m would look into the working folder before all others.
    return {"PYTHONSAFEPATH": "1"} | {name: os.pathsep.join(entries) for name, entries in kept.items()}


def _relative_entries(paths: str) -> set[str]:
    """Return what Python makes of empty and relative entries not also named in full."""
    entries = paths.split(os.pathsep) if paths else []
    return {os.path.abspath(e) for e in entries if not os.path.isabs(e)} - set(entries)
