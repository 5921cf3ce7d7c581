"""What a worker does beside grading, again and again."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable

from django.conf import settings

from grader.errors import UsageError
from grader.service.lti.score_delivery import send_due
from grader.service.lti.score_rows import ScoreRows
from grader.service.work import dispatcher, heartbeats
from grader.service.work.connections import fresh_connections
from grader.service.work.end_worker import end_worker, ends_with_database
from grader.service.work.ended_workflows import forget_ended
from grader.service.work.grading import all_examiners
from grader.service.work.own_work import OwnWork
from grader.service.work.row_changes import RowChanges
from grader.service.work.sweep import Sweep

log = logging.getLogger(__name__)

_BEAT_S = 2.0
_DISPATCH_S = 0.05
_SCORES_S = 5.0
_SWEEP_EVERY = 600  # looks of the dispatcher
_STILL_S = 300.0
_UNUSED_S = 3600.0  # after which a zygote is let go


class WorkerLoops:
    """Heartbeat and dispatcher of one worker, each in a thread.

    Whatever fails in one of them ends the process, and so does :meth:`check` where one stands still.
    """

    def __init__(self, name: str, concurrency: int) -> None:
        self._name, self._machine = name, socket.gethostname()
        self._others, self._own = heartbeats.OtherWorkers(), OwnWork(name, concurrency)
        self._sweep, self._looks = Sweep(), 0
        self._changes, self._more = RowChanges(), False
        self._scores = ScoreRows()
        self._file = settings.CONFIG.queue_path
        self._inode = 0
        self._went_on: dict[str, float] = {}
        heartbeats.begin_heartbeat(name, self._machine)  # before anything is begun under this name

    def start(self) -> None:
        """Begin, once the queue runs."""
        self._inode = _inode(self._file)
        self._in_thread("heartbeat", self._beat, _BEAT_S)
        self._in_thread("dispatcher", self._dispatch, _DISPATCH_S)
        self._in_thread("scores", self._send_scores, _SCORES_S)

    def check(self) -> None:
        """End the process where a loop stands still."""
        for name, last in self._went_on.items():
            if time.monotonic() - last > _STILL_S:
                end_worker(f"the {name} stands still")

    def _in_thread(self, name: str, function: Callable[[], None], every_s: float) -> None:
        def loop() -> None:
            pause = threading.Event()
            while not pause.wait(every_s):
                try:
                    ends_with_database(fresh_connections(function))()
                except UsageError as error:  # starting this worker again would not help
                    log.error(str(error))  # of names of workers and machines alone
                    os._exit(error.exit_code)
                except Exception:
                    log.exception("the %s failed", name)
                    end_worker(f"the {name} failed")
                self._went_on[name] = time.monotonic()

        self._went_on[name] = time.monotonic()
        threading.Thread(target=loop, name=name, daemon=True).start()

    def _beat(self) -> None:
        heartbeats.beat(self._name, self._machine)
        if _inode(self._file) != self._inode:
            end_worker("the queue's file was replaced")
        pending = heartbeats.pending_workflows()
        self._others.take_over(pending)
        self._own.look(pending)

    def _dispatch(self) -> None:
        if self._changes.any() or self._more:
            self._more = dispatcher.dispatch() >= dispatcher.AT_ONCE
        if self._looks % _SWEEP_EVERY == 0:
            self._sweep.look()
            forget_ended()
            all_examiners().release(_UNUSED_S)
        self._looks += 1

    def _send_scores(self) -> None:
        self._scores.look()
        send_due()


def _inode(path: os.PathLike[str]) -> int:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return 0
