"""Run Python as on another system: ``simulated_system.py darwin|win32 PYTHON-ARGUMENTS``.

The grader's modules, and they alone, see another ``sys.platform`` and miss what Python lacks there; the libraries go on
as on the Linux that this really is. Processes that these modules start are elsewhere too, if ``sys.executable`` is a
script that runs this file: its path stands in ``SIMULATED_SYSTEM``.
"""

from __future__ import annotations

import builtins
import importlib
import os
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

MISSING = {
    "darwin": {
        "os": "pidfd_open memfd_create setresuid setresgid O_PATH",
        "signal": "pidfd_send_signal",
        "socket": "SOCK_SEQPACKET",
    },
    "win32": {
        "os": "pidfd_open memfd_create setresuid setresgid O_PATH fork wait4 geteuid getegid setsid sysconf fchmod "
        "chown killpg setgroups uname O_DIRECTORY O_NOFOLLOW O_CLOEXEC",
        "signal": "pidfd_send_signal pthread_sigmask SIGKILL SIGSTOP SIGCONT SIGXCPU SIGHUP SIGALRM",
        "socket": "SOCK_SEQPACKET AF_UNIX send_fds recv_fds",
        "select": "poll",
        "multiprocessing.context": "ForkServerProcess ForkServerContext ForkProcess",
    },
}
NO_MODULE = {"darwin": "", "win32": "resource fcntl pwd grp termios pty"}
OURS = str(Path(__file__).resolve().parents[2] / "grader") + os.sep


class Poorer(ModuleType):
    """A module without some names and with others instead."""

    def __init__(self, real: ModuleType, missing: str, **instead: object) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(_real=real, _missing=missing.split(), **instead)

    def __getattr__(self, name: str) -> Any:
        if name in self._missing:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self._real, name)


def go(system: str) -> None:
    """Have the grader's modules import what there is on a system."""
    poorer = {name: Poorer(importlib.import_module(name), gone) for name, gone in MISSING[system].items()}
    poorer["sys"] = Poorer(sys, "", platform=system)
    if system == "win32":
        poorer["os"].__dict__["open"] = _open
    really = builtins.__import__

    def imported(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        ours = globals is not None and str(globals.get("__file__")).startswith(OURS)
        if ours and name in NO_MODULE[system].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if ours and name in poorer:
            return poorer[name]
        return really(name, globals, locals, fromlist, level)

    builtins.__import__ = imported


def _open(path: Any, *args: Any, **kwargs: Any) -> int:
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", path)
    return os.open(path, *args, **kwargs)


def main(system: str, *arguments: str) -> None:
    """Run Python's command line: ``-m MODULE``, ``-c CODE`` or a script, with arguments."""
    sys.executable = os.environ["SIMULATED_SYSTEM"]
    go(system)
    words = [*arguments]
    while words[0] in ("-I", "-B", "-P"):
        words.pop(0)
    if words[0] == "-m":
        sys.argv[:] = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv[:] = ["-c", *words[2:]]
        exec(words[1], {"__name__": "__main__"})
    else:
        sys.argv[:] = words
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
