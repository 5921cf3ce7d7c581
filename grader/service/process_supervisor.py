"""The processes of the service on one machine, started again when they end."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.service.config import ServiceConfig

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_LOOK_S = 0.2
_PAUSE_S = 1.0  # between two starts of one child: crash-only, but not in a hot loop
_END_S = 30.0


@dataclass(slots=True)
class _Child:
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=-_PAUSE_S)

    def keep_running(self) -> None:
        """Start it where it does not run, unless it was started just now."""
        if self.process and self.process.poll() is None:
            return
        if self.process:
            log.warning("%s ended with %s; it is started again", self.command[2], self.process.returncode)
        if time.monotonic() - self.started < _PAUSE_S:
            return
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, preexec_fn=_die_with_parent, stdin=subprocess.DEVNULL)  # noqa: S603 - nothing of anybody else's is in it


def prepare_database() -> None:
    """Make the tables and the static files, or bring them up to date."""
    from django.core.management import call_command

    from grader.service.work.queue import make_tables

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    make_tables()


def web_command(config: ServiceConfig) -> list[str]:
    """Return what starts the web server."""
    return [
        sys.executable, "-m", "gunicorn", "grader.service.wsgi", "--bind", config.bind,
        "--worker-class", "gthread", "--threads", str(config.web_threads), "--workers", "1", "--timeout", "60",
        "--no-control-socket", "--forwarded-allow-ips", "127.0.0.1",
        "--logger-class", "grader.service.gunicorn_records.GunicornRecords",
    ]  # fmt: skip


def worker_command(name: str) -> list[str]:
    """Return what starts a worker of a stable name."""
    return [sys.executable, "-m", "grader.service.work.worker_process", name]


def supervise(commands: Sequence[list[str]]) -> int:
    """Run the commands until SIGTERM or SIGINT, starting each again whenever it ends."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child(command) for command in commands]
    while not stop.wait(_LOOK_S):
        for child in children:
            child.keep_running()
    running = [c.process for c in children if c.process and c.process.poll() is None]
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        os._exit(1)
