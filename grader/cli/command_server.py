"""Run commands in forks of a process that has imported all they need.

``check`` and ``hook`` are called again and again, and imports are most of what they would cost.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import secrets
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.cli import messages
from grader.cli.exit_codes import EXIT_UNDONE
from grader.cli.hand_over import GREETING, INTERRUPT, HandedOver, server_file
from grader.cli.hook_output import print_failure
from grader.cli.notebook_command_line import HOOK
from grader.cli.run import run
from grader.closing import Closing
from grader.fork_server import PRELOADED, no_interrupt
from grader.import_path import skip_slow_imports
from grader.kernel.lasting_zygote import published
from grader.sandbox.privileges import die_with_parent
from grader.typed_json import record

_RECEIVE_S = 1.0
_MOST_BYTES = 1 << 24


@dataclass(slots=True, eq=False)
class _Job:
    """A command at work.

    Its process is ours, so its number stays its own until it is waited for.
    """

    client: socket.socket
    pid: int
    pidfd: int


class CommandServer(Closing):
    """Wait for commands of this user, and run each in a fork; a context manager.

    ``folder`` is a private one for its socket. Where another process waits for them, it does nothing until that has
    ended; where it could not be found, or its code has changed meanwhile, nothing at all.
    """

    def __init__(self, folder: Path) -> None:
        self._file: Path | None = None
        with contextlib.suppress(OSError):
            self._file = server_file()
        self._address = folder / "commands"
        self._token = secrets.token_hex()
        self._jobs: list[_Job] = []
        self._socket: socket.socket | None = None

    @property
    def busy(self) -> bool:
        """Whether a command is at work."""
        return bool(self._jobs)

    def serve(self, seconds: float) -> None:
        """Take on commands, and pass on what becomes of them, for some time."""
        with contextlib.suppress(OSError, ImportError):
            self._socket = self._socket or self._listen()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            clients = {job.client.fileno(): job for job in self._jobs}
            ends = {job.pidfd: job for job in self._jobs}
            listening = [self._socket.fileno()] if self._socket else []
            ready, _, _ = select.select([*ends, *clients, *listening], [], [], left)
            for number in ready:
                if number in ends:
                    self._finish(ends[number])
                elif number not in clients and self._socket:
                    self._accept(self._socket)
                elif clients[number] in self._jobs:
                    self._pass_on(clients[number])

    def close(self) -> None:
        """Be found no more."""
        if self._socket:
            with contextlib.suppress(OSError):
                if self._file and published(self._file) == str(self._address):  # it may be another one's by now
                    self._file.unlink()
            self._socket.close()

    def _listen(self) -> socket.socket | None:
        """Be found from now on; raises OSError or ImportError where that cannot be."""
        if not self._file or os.path.exists(published(self._file)):
            return None
        skip_slow_imports()
        for name in ("grader.cli.check_commands", *PRELOADED):
            importlib.import_module(name)
        if server_file() != self._file:  # what was imported is of neither
            return None
        with contextlib.ExitStack() as opened:
            listening = opened.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            self._address.unlink(missing_ok=True)  # it is there where a disk was full
            listening.bind(str(self._address))
            listening.listen()
            write_atomically(self._file, f"{self._address}\n{self._token}".encode(), private=True, durable=False)
            opened.pop_all()
        return listening

    def _accept(self, listening: socket.socket) -> None:
        """Take a command on; one that cannot be is left to who wants it."""
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as opened:
            client = opened.enter_context(listening.accept()[0])
            client.settimeout(_RECEIVE_S)
            client.sendall(GREETING)
            with _received(client) as (command, streams):
                if secrets.compare_digest(command.token.encode(), self._token.encode()):
                    self._jobs.append(_Job(client, *_start(command, streams)))
                    opened.pop_all()

    def _finish(self, job: _Job) -> None:
        """Tell the exit code; of a process that was killed nothing is told."""
        _, status = os.waitpid(job.pid, 0)
        with contextlib.suppress(OSError):
            if os.WIFEXITED(status):
                job.client.sendall(bytes([os.WEXITSTATUS(status)]))
        self._jobs.remove(job)
        job.client.close()
        os.close(job.pidfd)

    @staticmethod
    def _pass_on(job: _Job) -> None:
        """Interrupt a command, or end it where the one who wanted it was killed."""
        said = b""
        with contextlib.suppress(OSError):
            said = job.client.recv(1)
        signal.pidfd_send_signal(job.pidfd, signal.SIGINT if said == INTERRUPT else signal.SIGKILL)


@contextlib.contextmanager
def _received(client: socket.socket) -> Iterator[tuple[HandedOver, list[int]]]:
    """Read a command and its three streams, which are closed afterwards.

    Raises ValueError for anything else, OSError where it takes long.
    """
    size, streams, _, _ = socket.recv_fds(client, 8, 3)
    try:
        data = bytearray()
        while len(data) < min(int.from_bytes(size), _MOST_BYTES) and (more := client.recv(1 << 16)):
            data += more
        if len(streams) != 3:
            raise ValueError("a command comes with three streams")
        yield record(HandedOver, json.loads(data)), streams
    finally:
        for stream in streams:
            os.close(stream)


def _start(command: HandedOver, streams: list[int]) -> tuple[int, int]:
    """Run a command in a fork; return its number and the descriptor that tells its end.

    Raises OSError where there can be no more processes or descriptors.
    """
    parent = os.getpid()
    with no_interrupt():  # until it is the fork's own
        if not (pid := os.fork()):
            _run_forked(command, streams, parent)
    try:
        return pid, os.pidfd_open(pid)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise


def _run_forked(command: HandedOver, streams: list[int], parent: int) -> None:
    """Become the process that the command would be, and run it; does not return.

    Where that raises, it is killed: the command is then run by itself, and says why.
    """
    code = None
    try:
        die_with_parent()
        if os.getppid() != parent:  # it has ended already
            return
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 2:
                with contextlib.suppress(OSError):  # the one that lists them
                    os.close(int(name))
        _adopt(command)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        code = run(command.words)
        atexit._run_exitfuncs()
    except KeyboardInterrupt:  # before it began, or at its very end
        if code is None and command.words[:1] == [HOOK.name]:
            print_failure(None, messages.INTERRUPTED)
            sys.stdout.flush()
        code = EXIT_UNDONE if code is None else code
        print(f"grader: {messages.INTERRUPTED}", file=sys.stderr, flush=True)
    finally:
        if code is None:
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(code or 0)


def _adopt(command: HandedOver) -> None:
    os.chdir(command.folder)
    os.umask(command.umask)
    os.environ.clear()
    os.environ.update(command.environment)
    time.tzset()
    tempfile.tempdir = None
    sys.argv[1:] = command.words
    modes = ("r", "w", "w")
    for number, (name, mode) in enumerate(zip(("stdin", "stdout", "stderr"), modes, strict=True)):
        opened = open(number, mode, encoding=command.encodings[number], closefd=False)  # noqa: SIM115 - it stays open
        setattr(sys, name, opened)
        setattr(sys, f"__{name}__", opened)
