"""What is attacked: files, sockets and processes, each with a secret in it.

All of them are started here and ended here, the processes through their descriptors. Every secret is drawn anew, so
that wherever one of them shows up it can only have come from its target.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

ASSIGNMENT = Path(__file__).parent / "assignment"
CHECKOUT = ASSIGNMENT.parents[2]
_ABSTRACT = "\0grader-attacks-"

# Holds its secret in memory and environment, ignores nothing, and says which signals reached it.
_PROCESS = """
import ctypes, os, signal, sys
secret = os.environ["SECRET"].encode()
block = ctypes.create_string_buffer(secret)
signal.signal(signal.SIGURG, lambda *_: os.write(1, b"s"))
os.write(1, f"{ctypes.addressof(block)} {len(secret)}\\n".encode())
sys.stdin.read()
"""


class Targets:
    """What is attacked, in a throw-away folder; a context manager.

    ``described`` is what an attack is told.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = {name: secrets.token_hex(8) for name in ("file", "memory", "environment", "submission", "key")}
        self._end = contextlib.ExitStack()
        self._sockets: list[socket.socket] = []
        self.home = self._files()
        self.assignment = self._assignment()
        self._digest = self._state()

    def __enter__(self) -> Self:
        address, length = self._process()
        tcp, udp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)), self._listen(
            socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)
        )  # fmt: skip
        unix, datagram = str(self.folder / "stream"), str(self.folder / "datagram")
        abstract = _ABSTRACT + secrets.token_hex(4)
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, unix)
        self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, datagram)
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, abstract)
        six = self._listen(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)) if socket.has_ipv6 else ("::1", 0)
        self.described: dict[str, Any] = {
            "home": str(self.home), "assignment": str(self.assignment), "checkout": str(CHECKOUT),
            "folder": str(self.folder), "submissions": str(self.folder / "submissions"),
            "state": str(self.folder / "state"),
            "pid": self._target.pid, "address": address, "length": length, "examiner": os.getpid(),
            "tcp": tcp[1], "tcp6": six[1], "udp": udp[1], "unix": unix, "datagram": datagram, "abstract": abstract,
        }  # fmt: skip
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end.close()

    def harm(self) -> list[str]:
        """Return what happened to the targets since the last time, as phrases."""
        harm = []
        for listener in self._sockets:
            while select.select([listener], [], [], 0)[0]:
                harm.append(f"{listener.getsockname()} was reached")
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(64)
        signals = self._target.stdout.fileno() if self._target.stdout else -1
        if self._target.poll() is not None:
            harm.append("the process was ended")
        elif select.select([signals], [], [], 0)[0]:
            harm.append(f"the process was sent {len(os.read(signals, 64))} signals")
        if (now := self._state()) != self._digest:
            harm += [f"{path} was changed" for path in sorted({p for p, _ in now ^ self._digest})]
            self._digest = now
        return harm

    def _files(self) -> Path:
        home = self.folder / "home"
        for name, secret in (
            ("home/.ssh/id_ed25519", "file"), ("home/.bash_history", "file"), ("home/.netrc", "file"),
            ("home/notes.txt", "file"), ("submissions/other.ipynb", "submission"), ("state/results.jsonl", "file"),
            ("state/grades.csv", "file"), ("cache/answers/0.npz", "file"),
        ):  # fmt: skip
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{self.secrets[secret]}\n", encoding="utf-8")
        return home

    def _assignment(self) -> Path:
        """Copy the assignment, its solution marked with a secret."""
        assignment = self.folder / "assignment"
        shutil.copytree(ASSIGNMENT, assignment, ignore=shutil.ignore_patterns("__pycache__"))
        (assignment / "solution.py").write_text(
            f"{(assignment / 'solution.py').read_text(encoding='utf-8')}\nMARK = '{self.secrets['file']}'\n",
            encoding="utf-8",
        )
        return assignment

    def _process(self) -> tuple[int, int]:
        self._target = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", "-c", _PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"SECRET": self.secrets["memory"]},
            bufsize=0,
        )
        self._end.callback(_end, self._target)
        line = self._target.stdout.readline() if self._target.stdout else b""
        address, length = line.split()
        return int(address), int(length)

    def _listen(self, family: int, kind: int, address: Any) -> Any:
        listener = socket.socket(family, kind)
        try:
            listener.bind(address)
        except OSError:  # no IPv6 on this machine
            listener.close()
            return ("::1", 0)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        self._end.callback(listener.close)
        self._sockets.append(listener)
        return listener.getsockname()

    def _state(self) -> set[tuple[str, str]]:
        return {
            (str(path), f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}")
            for name in ("home", "submissions", "state", "assignment")
            for path in (self.folder / name).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


def _end(process: subprocess.Popen[bytes]) -> None:
    descriptor = os.pidfd_open(process.pid)
    try:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        process.communicate(timeout=10)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def patched(owner: Any, **values: Callable[..., Any] | Any) -> Iterator[None]:
    """Replace attributes for a while."""
    before = {name: getattr(owner, name) for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)
