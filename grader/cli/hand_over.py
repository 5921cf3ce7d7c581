"""Hand a command over to a process that a command before it left behind.

That process (:mod:`grader.cli.command_server`) has imported everything. Here only the standard library and what is as
small is imported: that is what the next command costs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.cli.exit_codes import EXIT_UNDONE
from grader.errors import UsageError
from grader.settings import PACKAGE, idle_s, zygotes_dir

COMMANDS = ("check", "hook")
SUFFIX = ".commands"
GREETING, INTERRUPT = b"g", b"i"
_GREETED_S = 1.0  # it is sent at once; a process that was stopped never does
_FIXED = ("PYTHON", "LC_", "LANG", "LD_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_", "GLIBC_")
"""How the variables begin that a process reads when it starts, and never again."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A command as another process is to run it; its streams come with it."""

    token: str
    words: list[str]
    folder: str
    environment: dict[str, str]
    umask: int
    encodings: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and whether it was interrupted."""

    code: int
    interrupted: bool


def hand_over(words: Sequence[str]) -> Ended | None:
    """Have a command run by the process that waits for one, and return how it ended.

    None: there is no such process, or it is no command for it, or that was killed.
    """
    if sys.platform != "linux" or sys.getfilesystemencoding() != "utf-8" or not words or words[0] not in COMMANDS:
        return None
    if any(word.startswith(("--w", "--c")) for word in words):  # --watch goes on for long, --cold uses nothing
        return None
    with contextlib.suppress(OSError, UsageError, ValueError, AttributeError):
        if idle_s() == 0:
            return None
        address, token = server_file().read_text(encoding="utf-8").split("\n")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_GREETED_S)
            connection.connect(address)
            if _is_ours(connection) and connection.recv(1) == GREETING:
                # An interrupt is for the one who has been sent the command, and not lost before that is known.
                before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
                try:
                    _send(connection, token, words)
                    return _wait(connection, before)
                finally:
                    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return None


def server_file() -> Path:
    """Return the file that says where a process like this one waits for commands.

    Its name changes with all that a process cannot adopt: the code, the interpreter, limits, user and namespaces.
    Raises PermissionError where others may write it, another OSError where there is none.
    """
    folder = zygotes_dir()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is no folder of yours")
    import resource

    fixed = {name: value for name, value in os.environ.items() if name.startswith(_FIXED)}
    limits = [resource.getrlimit(number) for name, number in sorted(vars(resource).items()) if name[:7] == "RLIMIT_"]
    flags = sys.flags.optimize, sys.flags.dev_mode, sys.flags.utf8_mode, sys.warnoptions
    spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("mnt", "net", "pid", "user")]
    who = os.getresuid(), os.getresgid(), sorted(os.getgroups()), os.getpriority(os.PRIO_PROCESS, 0)
    libraries = [os.stat(sysconfig.get_path(kind)).st_mtime_ns for kind in ("purelib", "platlib")]
    state = [sys.executable, sys.version, flags, fixed, limits, spaces, who, libraries, sorted(_files(str(PACKAGE)))]
    return folder / f"{hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:32]}{SUFFIX}"


def _is_ours(connection: socket.socket) -> bool:
    """Return whether a process of this user listens there, and not who found the place free."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)  # of three numbers: process, user, group
    return int.from_bytes(peer[4:8], sys.byteorder) == os.geteuid()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith(".py"):
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size


def _send(connection: socket.socket, token: str, words: Sequence[str]) -> None:
    os.umask(umask := os.umask(0o077))
    streams = (sys.stdin, sys.stdout, sys.stderr)
    encodings = [stream.encoding for stream in streams]
    command = HandedOver(token, [*words], os.getcwd(), dict(os.environ), umask, encodings)
    data = json.dumps(asdict(command)).encode()
    socket.send_fds(connection, [len(data).to_bytes(8)], [stream.fileno() for stream in streams])
    connection.sendall(data)


def _wait(connection: socket.socket, blocked: Iterable[int]) -> Ended | None:
    """Wait for the command's end; hand on what would interrupt this process.

    ``blocked`` are the signals that are blocked meanwhile.
    """
    interrupted = False
    connection.settimeout(None)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
                code = connection.recv(1)
                if not code and not interrupted:
                    return None
                return Ended(code[0] if code else EXIT_UNDONE, interrupted)
            except KeyboardInterrupt:
                interrupted = True
                with contextlib.suppress(OSError):  # it has ended, and how is still to be read
                    connection.sendall(INTERRUPT)
    finally:
        signal.signal(signal.SIGTERM, before)
