"""File locks by which kernels of a zygote run side by side, or a single one alone."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform != "win32":  # where kernels do not take turns
    import fcntl

_LOOK_S = 0.05


def no_beat() -> None:
    """Tell nobody."""


class Turns:
    """One examiner's turns; ``beat`` is called again and again while it waits.

    There are two locks on files in the zygote's folder: whoever wants to run alone closes the gate first, so that it
    only has to wait for what runs already. Locks go with the process that holds them.
    """

    def __init__(self, folder: Path, beat: Callable[[], None] = no_beat) -> None:
        self._gate, self._running = folder / "gate", folder / "running"
        self.beat = beat
        self._is_alone = False

    @contextlib.contextmanager
    def beside_others(self) -> Iterator[None]:
        """Hold off whoever wants to run alone; does nothing while that is this one."""
        if self._is_alone:
            yield
            return
        with contextlib.ExitStack() as running:
            with self._holding_lock(self._gate, alone=False):
                running.enter_context(self._holding_lock(self._running, alone=False))
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no kernel of another examiner runs, and let none run until the end."""
        with self._holding_lock(self._gate, alone=True), self._holding_lock(self._running, alone=True):
            self._is_alone = True
            try:
                yield
            finally:
                self._is_alone = False

    @contextlib.contextmanager
    def _holding_lock(self, path: Path, *, alone: bool) -> Iterator[None]:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                    break
                self.beat()
                time.sleep(_LOOK_S)
            yield
        finally:
            os.close(file)
