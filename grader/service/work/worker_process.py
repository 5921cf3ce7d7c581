"""The process that grades: ``python -m`` this module, a name, perhaps a descriptor."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import sys
import threading

from grader.errors import UsageError
from grader.service.work import messages

# Examiners are forks that load this module too, so only functions import the service's libraries.

log = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LOOK_S = 1.0
_NICENESS = 5  # of this process and all that it starts: uploads are taken before others are graded


def check_name(name: str) -> None:
    """Raise UsageError for what cannot be a worker's name, which is one of a folder too."""
    if not _NAME.fullmatch(name):
        raise UsageError(messages.bad_name(name))


def run_worker(name: str, supervisor: int | None = None) -> int:
    """Grade what is in the queue until SIGTERM or SIGINT, and return the exit code.

    ``name`` is stable: a worker that is started again takes up what the one before it had begun. As long as everything
    here goes on, signs of life are written to the descriptor ``supervisor``, whose other end sends the settings to
    standard input. Raises UsageError for a wrong name.
    """
    check_name(name)
    from grader.service.config import PREFIX, load_config
    from grader.service.log_records import keep_stderr_for_records, log_unexpected
    from grader.service.setup_django import setup_django

    if supervisor is not None:
        os.set_inheritable(supervisor, False)
        os.set_blocking(supervisor, False)
        os.environ |= json.load(sys.stdin)
    load_config()
    keep_stderr_for_records()
    for variable in [v for v in os.environ if v.startswith(PREFIX)]:
        del os.environ[variable]  # zygotes and examiners are to hold no address or key of the database
    setup_django()
    log_unexpected()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _start(name, stop, supervisor)
    return 0


def _start(name: str, stop: threading.Event, supervisor: int | None) -> None:
    from django.conf import settings

    from grader import fork_server
    from grader.machine import processors
    from grader.service.work.end_worker import ends_with_database, leave_notes_in, watch_queue_database
    from grader.service.work.queue import start_queue
    from grader.service.work.scratch import begin_scratch, scratch_folder
    from grader.service.work.tries import heed_note
    from grader.service.work.warm_zygotes import warm_zygotes
    from grader.service.work.worker_loops import WorkerLoops

    os.nice(_NICENESS)
    fork_server.start()
    begin_scratch(name)
    note = scratch_folder().parent / f"{name}.tries"
    watch_queue_database()
    leave_notes_in(note)
    concurrency = settings.CONFIG.jobs or processors()
    loops = ends_with_database(WorkerLoops)(name, concurrency)
    ends_with_database(heed_note)(note)
    ends_with_database(start_queue)(name, concurrency)
    loops.start()
    threading.Thread(target=warm_zygotes, name="warm zygotes", daemon=True).start()
    while not stop.wait(_LOOK_S):
        loops.check()
        if supervisor is not None:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(supervisor, b".")
    _end()


def _end() -> None:
    """Let go of everything; what is being graded is taken up by the next worker of this name."""
    from grader.service.work.grading import TRIES, all_examiners
    from grader.service.work.tasks import give_tasks_back
    from grader.service.work.tries import give_back
    from grader.service.work.workflows import RUNNING

    begun = TRIES.end()
    with contextlib.suppress(Exception):  # without a database they stay counted
        give_back(begun)
        give_tasks_back(RUNNING.ids.copy())
    all_examiners().close()
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    try:
        sys.exit(run_worker(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else None))
    except UsageError as wrong:
        print(f"grader: {wrong}", file=sys.stderr)
        sys.exit(UsageError.exit_code)
