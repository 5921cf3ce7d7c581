"""The tries of grading that this worker has begun.

They are counted before they begin, so that none is free. A worker that is killed with several gradings in hand does not
tell which of them was to blame. Therefore an upload that was begun before is graded alone in its worker: what is
counted against it from then on is its own. Tries that we end ourselves, because the worker is told to stop or its
database is lost, are given back.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db.models import F

from grader.atomic_write import write_atomically
from grader.service.models import State, Upload

log = logging.getLogger(__name__)

MOST_TRIES = 5

Version = tuple[uuid.UUID, int]
"""An upload and the version of it that is graded."""


class BegunTries:
    """The tries of one process: many side by side, or one alone."""

    def __init__(self) -> None:
        self._begun: set[Version] = set()
        self._changed = threading.Condition()
        self._alone = 0
        """How many wait to be alone, or are; none that may have company begins meanwhile."""

        self._ended = threading.Event()

    @contextlib.contextmanager
    def try_of(self, upload: uuid.UUID, version: int, *, alone: bool) -> Iterator[bool]:
        """Count a try and hold it until its end.

        Gives False where this version is not to be graded any more. Waits for company to end where the try is to be
        ``alone``, and for one that is alone. Once :meth:`end` was called it waits for ever: the process is about to
        end.
        """
        what = upload, version
        with self._changed:
            self._alone += alone
            self._changed.wait_for(lambda: not self._ended.is_set() and not (self._begun if alone else self._alone))
            self._begun.add(what)
        try:
            yield bool(
                Upload.objects.filter(pk=upload, version=version, state__in=State.open()).update(
                    tries=F("tries") + 1, state=State.GRADING
                )
            )
        finally:
            with self._changed:
                self._begun.discard(what)
                self._alone -= alone
                self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait before the next try; once :meth:`end` was called, for ever."""
        self._ended.wait(seconds)
        self.wait_for_end()

    def wait_for_end(self) -> None:
        """Wait for ever once :meth:`end` was called.

        What fails then fails because this process ends.
        """
        if self._ended.is_set():
            threading.Event().wait()

    def end(self) -> list[Version]:
        """Begin no more tries, and return those that have not ended."""
        self._ended.set()
        return list(self._begun)


def give_back(begun: list[Version]) -> None:
    """Uncount tries that ended for other reasons than their uploads."""
    for upload, version in begun:
        Upload.objects.filter(pk=upload, version=version, state=State.GRADING, tries__gt=0).update(
            tries=F("tries") - 1, state=State.QUEUED
        )


def write_note(file: Path, begun: list[Version]) -> None:
    """Note for the next worker of this name which tries to give back."""
    with contextlib.suppress(OSError):  # then they stay counted
        write_atomically(file, json.dumps([[str(u), v] for u, v in begun]).encode(), private=True, durable=False)


def heed_note(file: Path) -> None:
    """Give back the tries in a note that the worker before this one left, if any."""
    with contextlib.suppress(FileNotFoundError):
        try:
            give_back([(uuid.UUID(u), int(v)) for u, v in json.loads(file.read_bytes())])
        except (ValueError, TypeError):
            log.warning("%s cannot be read; its tries stay counted", file)
        file.unlink()
