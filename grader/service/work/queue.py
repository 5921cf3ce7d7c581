"""The durable queue: its tables, what puts workflows in it, and what runs them."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import cache
from typing import Any

from dbos import DBOS, DBOSClient, EnqueueOptions
from django.conf import settings
from filelock import FileLock

from grader.service.work.old_sqlite import install

QUEUE = "grading"
TASKS = "tasks"
"""The queue of staff's tasks.

Each worker runs one of them at a time, and grades uploads meanwhile.
"""

HOOKS = "hooks"
"""The queue of events for hooks: a receiver that is slow keeps no task waiting."""

VERSION = "1"
"""The version of the workflows; workers of another version do not take them up."""

_POLL_S = 0.1
_TASKS_POLL_S = 0.5
_HOOKS_AT_ONCE = 4  # each waits for another server, 20 seconds at most
_IDLE_S = 600.0  # in a transaction: on a machine with far too much to do a minute, the default, may pass


def start_queue(executor: str, concurrency: int) -> None:
    """Begin to run workflows in threads of this process.

    Its stable name is ``executor``. The queue's tables are made, or brought up to date.
    """
    from grader.service.work import workflows  # noqa: F401 - registers them

    with FileLock(settings.CONFIG.data / "queue.lock"):  # with SQLite one process alone may make them
        _configure(executor)
        DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=_POLL_S)
    DBOS.register_queue(TASKS, worker_concurrency=1, polling_interval_sec=_TASKS_POLL_S)
    DBOS.register_queue(HOOKS, worker_concurrency=_HOOKS_AT_ONCE, polling_interval_sec=_TASKS_POLL_S)


def _configure(executor: str) -> None:
    install()
    if settings.CONFIG.sqlite:
        with contextlib.closing(sqlite3.connect(settings.CONFIG.queue_path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # the file keeps it: readers wait for no writer
    DBOS(
        config={
            "name": "grader",
            "system_database_url": settings.CONFIG.queue_url,
            "application_version": VERSION,
            "executor_id": executor,
            "use_listen_notify": False,
            "sys_db_idle_transaction_timeout_sec": _IDLE_S,
            "run_migrations": True,  # a queue that was lost is made anew, from what the rows say
            "log_level": "WARNING",
        }
    )


@cache
def client() -> DBOSClient:
    """Return what puts workflows in the queue and asks about them."""
    install()
    return DBOSClient(
        system_database_url=settings.CONFIG.queue_url,
        lazy=True,
        retry_connection_errors=False,
        sys_db_idle_transaction_timeout_sec=_IDLE_S,
    )


def enqueue(workflow: str, workflow_id: str, *arguments: Any, priority: int = 10, queue: str = QUEUE) -> None:
    """Put a workflow in the queue; one whose id is there already is not put there again."""
    options: EnqueueOptions = {
        "queue_name": queue,
        "workflow_name": workflow,
        "workflow_id": workflow_id,
        "priority": priority,
        "app_version": VERSION,
    }
    client().enqueue(options, *arguments)
