"""The process that grades: ``python -m grader.service.work.worker_process NAME``."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from grader.service.config import PREFIX, load_config
from grader.service.log_records import keep_stderr_for_records, log_unexpected
from grader.service.setup_django import setup_django

_BEAT_S = 2.0
LOST_DATABASE = 75
"""The exit code of a worker that lost its database: whoever started it starts another one."""


def run_worker(name: str) -> int:
    """Grade what is in the queue until SIGTERM or SIGINT, and return the exit code.

    ``name`` is stable: a worker that is started again takes up what the one before it had begun.
    """
    load_config()
    keep_stderr_for_records()
    for variable in [v for v in os.environ if v.startswith(PREFIX)]:
        del os.environ[variable]  # zygotes and examiners are to hold no address or key of the database
    setup_django()
    log_unexpected()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _start(name, stop)
    stop.wait()
    _end()
    return 0


def _start(name: str, stop: threading.Event) -> None:
    from dbos import DBOS
    from django.conf import settings

    from grader import fork_server
    from grader.import_path import safe_path
    from grader.machine import processors
    from grader.service.work import dispatcher, heartbeats, queue

    with safe_path():
        fork_server.start()
    heartbeats.beat(name, socket.gethostname())
    queue.start_queue(name, settings.CONFIG.jobs or processors())
    _ = DBOS
    _in_thread("heartbeat", lambda: heartbeats.beat_until(name, socket.gethostname(), stop, _BEAT_S))
    _in_thread("dispatcher", lambda: dispatcher.dispatch_until(stop))


def _in_thread(name: str, function: Callable[[], None]) -> None:
    """Run a function that must not fail: where the database is lost, the process ends at once."""

    def run() -> None:
        try:
            function()
        except BaseException:
            import logging

            logging.getLogger(__name__).exception("the %s failed; this worker ends", name)
            os._exit(LOST_DATABASE)

    threading.Thread(target=run, name=name, daemon=True).start()


def _end() -> None:
    """Let go of everything; what is being graded is taken up by the next worker of this name."""
    from grader.service.work.grading import all_examiners

    all_examiners().close()
    time.sleep(0)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1]))
