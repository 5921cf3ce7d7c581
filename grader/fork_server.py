"""The server that examiners are forked from, and the private folder that goes with it."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from grader.import_path import safe_path
from grader.kernel.inside.remove_tree import remove
from grader.kernel.private_folders import HANDED_ON, private_folder

if TYPE_CHECKING:  # not every system has both
    from multiprocessing.context import ForkContext, ForkServerContext, SpawnContext

    Context = ForkServerContext | SpawnContext | ForkContext

# Beside our own packages what pytest imports late: each examiner would import it anew.
PRELOADED = [
    "grader.preload_first",
    "grader.grade",
    "grader.worker",
    "unittest",
    "pdb",
    "xml.etree.ElementTree",
    "faulthandler",
    "grader.preload",
]


def context() -> ForkServerContext | SpawnContext:
    """Return the way in which examiners are started on this system."""
    if sys.platform == "linux":
        return multiprocessing.get_context("forkserver")
    else:  # Windows has no other, and on macOS the libraries do not bear a fork
        return multiprocessing.get_context("spawn")


def fork_context() -> ForkContext:
    """Return the way in which a command that has no threads forks an examiner of itself."""
    return multiprocessing.get_context("fork")


@contextlib.contextmanager
def no_interrupt() -> Iterator[None]:
    """Have processes that are started here ignore Ctrl-C, which a terminal sends to all.

    We end examiners ourselves.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def started_context() -> ForkServerContext | SpawnContext:
    """Return the way in which examiners are started, whose server runs where there is one.

    Raises UsageError as :func:`start` does.
    """
    if sys.platform == "linux":
        start()
    return context()


def start() -> None:
    """Start the server, unless it runs.

    It ignores Ctrl-C, which a terminal sends to all, because its parent ends it. Raises UsageError where no folder will
    do for its socket.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOADED)
    os.environ[HANDED_ON] = str(_folder())
    resource_tracker.ensure_running()  # the server's start would do it, and unblock the signal again
    try:
        with safe_path(), no_interrupt():
            forkserver.ensure_running()
    finally:
        del os.environ[HANDED_ON]


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder, which goes with this process however that ends."""
    with tempfile.TemporaryDirectory(dir=_folder() if sys.platform == "linux" else None) as folder:
        yield Path(folder)


def end_with_command() -> None:
    """Have this process, an examiner, end at once when the one that wants its result does."""
    command = multiprocessing.parent_process()

    def wait_and_end() -> None:
        if command is not None:
            wait([command.sentinel])
            if _folder.cache_info().currsize:  # this process is a fork of the command, and there is no server
                remove(_folder())
            os._exit(1)

    threading.Thread(target=wait_and_end, daemon=True).start()


@cache
def _folder() -> Path:
    """Make the folder for the server's socket once, and remove it where the server cannot."""
    folder, _ = private_folder()
    atexit.register(remove, folder)
    # Where multiprocessing would make one of its own, the path may be too long, and it would stay after a kill.
    multiprocessing.current_process()._config["tempdir"] = str(folder)  # type: ignore[attr-defined] # no other way
    return folder
