"""The processes of the service on one machine, started again when they end."""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from grader.errors import GraderError, UsageError
from grader.service import messages
from grader.service.config import PREFIX, ServiceConfig

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_LOOK_S = 0.2
_PAUSE_S = 1.0, 30.0
"""The shortest and the longest pause, in seconds, before a process that ended is started again."""

_WELL_S = 10.0  # a child that ran for so long is started again after the least pause
_SILENT_LOOKS = 3000  # without a sign of life, which is ten minutes: a worker has to start first, on a busy machine
_END_S = 40.0


class DatabaseAwayError(GraderError):
    """The database does not answer, or refuses who asks."""


@dataclass(slots=True)
class Child:
    """A process that is kept running.

    ``passes`` are descriptors that it is handed. A worker gets one more as its last argument, to which it must write
    again and again, and the service's settings as JSON on its standard input: whoever may look at its environment, or
    inherits that, is to find no key there.
    """

    name: str
    command: Sequence[str]
    passes: tuple[int, ...] = ()
    worker: bool = False
    process: subprocess.Popen[bytes] | None = None
    _pause: float = 0.0
    _started: float = 0.0
    _heard: int = -1
    _silent: int = 0

    def keep_running(self, silent_looks: int) -> int | None:
        """Start it where it does not run, kill it where it is silent.

        To be called again and again. Returns the exit code of one that has just ended.
        """
        if self.process is None:
            if time.monotonic() - self._started >= self._pause:
                self._start()
            return None
        if (code := self.process.poll()) is not None:
            self._ended()
            if code != UsageError.exit_code:
                log.warning("%s ended with %s; it is started again in %g s", self.name, code, self._pause)
            return code
        if self.worker and self._is_silent(silent_looks):
            log.error("%s stands still and is killed", self.name)
            self.process.kill()
        return None

    def end(self) -> None:
        """End it as its own signals have it, or at last at once."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._hang_up()

    def _start(self) -> None:
        command, passes, environment, telling = list(self.command), self.passes, dict(os.environ), -1
        self._silent = 0
        settings = {name: environment.pop(name) for name in os.environ if name.startswith(PREFIX) and self.worker}
        if self.worker:
            self._heard, telling = os.pipe()
            os.set_blocking(self._heard, False)
            command.append(str(telling))
            passes += (telling,)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - nothing of anybody else's is in it
                command,
                preexec_fn=partial(_die_with_parent, os.getpid()),
                stdin=subprocess.PIPE,
                pass_fds=passes,
                env=environment,
            )
        finally:
            if telling >= 0:
                os.close(telling)
        self._started = time.monotonic()
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as stdin:
                stdin.write(json.dumps(settings).encode())

    def _ended(self) -> None:
        ran, (least, most) = time.monotonic() - self._started, _PAUSE_S
        self._pause = least if ran >= _WELL_S else min(max(2 * self._pause, least), most)
        self._started = time.monotonic()
        self.process = None
        self._hang_up()

    def _is_silent(self, silent_looks: int) -> bool:
        said = b""
        with contextlib.suppress(BlockingIOError):
            said = os.read(self._heard, 1 << 12)
        self._silent = 0 if said else self._silent + 1
        return self._silent > silent_looks

    def _hang_up(self) -> None:
        if self._heard >= 0:
            os.close(self._heard)
            self._heard = -1


def migrate() -> None:
    """Make our own tables, or bring them up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def prepare_database() -> None:
    """Make our own tables and the static files, or bring them up to date.

    Workers make the queue's tables. Raises DatabaseAwayError where the database does not answer.
    """
    from django.core.management import call_command
    from django.db import InterfaceError, OperationalError

    try:
        migrate()
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAwayError(messages.database_away(error)) from error


@contextlib.contextmanager
def hold_lock(lock: Path, sentence: str) -> Iterator[None]:
    """Hold a lock; raises UsageError with the sentence where another process holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise UsageError(sentence) from error


@contextlib.contextmanager
def listening(config: ServiceConfig) -> Iterator[Child]:
    """Listen at the service's address, and give the web server that answers there.

    The socket outlives a web server that ends: who connects meanwhile waits for the next one. Raises UsageError where
    the address cannot be had.
    """
    host, _, port = config.bind.rpartition(":")
    if host == "unix":
        yield _web(config, config.bind)
        return
    host = host.strip("[]")
    try:
        family = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, int(port)), family=family, backlog=1024)
    except (OSError, ValueError, OverflowError) as error:
        raise UsageError(messages.cannot_bind(config.bind, error)) from error
    with listener:
        yield _web(config, f"fd://{listener.fileno()}", listener.fileno())


def _web(config: ServiceConfig, bind: str, *passes: int) -> Child:
    command = [
        sys.executable, "-P", "-m", "gunicorn", "grader.service.wsgi", "--bind", bind,
        "--worker-class", "gthread", "--threads", str(config.web_threads), "--workers", "1", "--timeout", "60",
        "--no-control-socket", "--forwarded-allow-ips", "127.0.0.1", "--umask", "0o7",
        "--logger-class", "grader.service.gunicorn_records.GunicornRecords",
    ]  # fmt: skip
    return Child("the web server", command, passes)


def worker_child(name: str) -> Child:
    """Return a worker of a stable name."""
    command = [sys.executable, "-P", "-m", "grader.service.work.worker_process", name]
    return Child(f"worker {name}", command, worker=True)


def supervise(children: Sequence[Child], *, silent_looks: int = _SILENT_LOOKS) -> int:
    """Run children until SIGTERM or SIGINT, starting each again whenever it ends.

    At last they end in their order. A child that ends because its usage or configuration is wrong ends all: starting it
    again would not help. Returns the exit code.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    code = 0
    while not code and not stop.wait(_LOOK_S):
        codes = [child.keep_running(silent_looks) for child in children]
        code = UsageError.exit_code if UsageError.exit_code in codes else 0
    for child in children:
        child.end()
    return code


def _die_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
