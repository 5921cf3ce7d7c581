"""Run commands, each in a fork, and kill it at one write into the journal of a push.

A line of JSON on stdin names the ``command``, the ``entry`` of the journal (from 0; -1 for none) and ``where``
(``before``, ``within`` or ``after`` it is written). The fork's number is printed; after another line it begins; then
its exit code is printed. To fork one process is quicker than to start many.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import grader.cli.platform_commands
import grader.platforms.canvas_api
import grader.platforms.moodle_api  # noqa: F401 - what a fork needs is imported once
import grader.platforms.push_journal as journal_module
from grader.cli import main

opened = journal_module.open_own


class KillingFile:
    """The journal's file; one of its writes is the last thing that this process does."""

    def __init__(self, path: Path, mode: str, *, buffering: int, left: int, where: str) -> None:
        self._file, self._left, self._where = opened(path, mode, buffering=buffering), left, where

    def write(self, data: bytes) -> int:
        """Write, or be killed."""
        self._left -= 1
        if self._left == -1 and self._where == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        within = self._left == -1 and self._where == "within"
        written = int(self._file.write(data[: len(data) // 2] if within else data))
        if self._left == -1:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    def fileno(self) -> int:
        """Return the file's number."""
        return int(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def run(asked: dict[str, Any]) -> int:
    """Run one command, to be killed as it was asked."""
    if asked["entry"] >= 0:
        kill = {"left": asked["entry"], "where": asked["where"]}
        journal_module.open_own = functools.partial(KillingFile, **kill)  # type: ignore[assignment]
    return main(asked["command"])


for line in iter(sys.stdin.readline, ""):
    ready, begin = os.pipe()
    if (pid := os.fork()) == 0:
        os.read(ready, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(run(json.loads(line)))
    print(pid, flush=True)
    sys.stdin.readline()  # until the platform knows whom to kill
    os.write(begin, b".")
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    os.close(ready)
    os.close(begin)
