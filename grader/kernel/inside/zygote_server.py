"""Accept requests for folders and forks from examiners, and report how forks end.

One thread, one poll. Its memory is every kernel's memory, so it reads no config and holds no key: a config waits in
the socket that the child alone reads. A fork request brings that socket; the zygote keeps its end only to send, once,
how the child ended. The folder and the control group of a kernel are the zygote's, so that an examiner that is killed
leaves none.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Never

from grader.kernel.inside.fork_main import become_kernel
from grader.kernel.inside.load_models import Preloaded, preload
from grader.kernel.inside.protocol import LINKS
from grader.kernel.inside.readable_paths import readable
from grader.kernel.inside.remove_tree import remove
from grader.sandbox import cgroups, namespaces

_BACKLOG = 64
_MAX_REQUEST = 4096
_LIFELINE = 0  # the launcher holds the other end of this pipe as long as it lives


@dataclass(slots=True, eq=False)
class _Child:
    pid: int
    pidfd: int
    report: socket.socket


@dataclass(slots=True, eq=False)
class _Client:
    """One examiner's connection and what it asked for, all of which ends with it."""

    connection: socket.socket
    children: list[_Child] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    groups: list[cgroups.Group] = field(default_factory=list)
    gone: bool = False

    def leave_nothing(self) -> None:
        """Remove what is left of a client that has gone, once its kernels have ended too."""
        if self.gone and not self.children:
            for group in self.groups:
                group.remove()
            for folder in self.folders:
                remove(folder)


def main(folder: str, prelude: str, packages: list[str], options: list[str], groups: Path | None) -> Never:
    """Load everything, then serve on ``folder/zygote`` until the lifeline closes.

    ``packages`` are those whose versions it tells. Options: ``--off`` (nothing is locked down), ``--apart`` (this
    process has namespaces of its own), ``--also=NAME`` (load this model beside the prelude's MODELS). What kernels may
    not read comes by the lifeline, to a process of its own. In the control group ``groups`` kernels get their own.
    """
    sys.argv[:] = sys.orig_argv[:] = [""]  # kernels need not know where things are
    began = time.monotonic()
    locked = "--off" not in options
    rules = readable(_LIFELINE) if locked else ()
    also = [option.partition("=")[2] for option in options if option.startswith("--also=")]
    preloaded = preload(Path(prelude), packages, rules, folder, locked=locked, apart="--apart" in options, also=also)
    shutil.rmtree(f"{folder}/{LINKS}", ignore_errors=True)  # where they lead, a kernel could read off them
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Under its name only once it listens: whoever sees it connects at once.
    listener.bind(f"{folder}/zygote.new")
    listener.listen(_BACKLOG)
    os.rename(f"{folder}/zygote.new", f"{folder}/zygote")
    listener.setblocking(False)
    print(f"ready after {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    try:
        _Server(preloaded, listener, folder, groups).run()
    except Exception:  # noqa: BLE001 - the log is the one place that will know
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


class _Server:
    def __init__(self, preloaded: Preloaded, listener: socket.socket, folder: str, groups: Path | None) -> None:
        self.preloaded = preloaded
        self.listener = listener
        self.folder = Path(folder)
        self.groups = groups
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, None)
        self.selector.register(_LIFELINE, selectors.EVENT_READ, None)
        self.own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if preloaded.root else None

    def run(self) -> None:
        """Serve until the lifeline closes."""
        while True:
            for key, _ in self.selector.select():
                if key.fd == _LIFELINE:
                    return
                if key.fileobj is self.listener:
                    self._accept()
                elif isinstance(key.data, _Client):
                    self._serve_request(key.data)
                else:
                    self._ended(*key.data)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it went away again
            connection, _ = self.listener.accept()
            self.selector.register(connection, selectors.EVENT_READ, _Client(connection))

    def _serve_request(self, client: _Client) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(client.connection, _MAX_REQUEST, 4)
        except OSError:
            data, fds = b"", []
        try:
            match data.split():
                case [] if not data:
                    self._disconnect(client)
                case [b"info"]:
                    client.connection.send(self.preloaded.info.to_bytes())
                case [b"folder"]:
                    client.folders.append(Path(tempfile.mkdtemp(prefix="k-", dir=self.folder)))
                    client.connection.send(json.dumps({"folder": str(client.folders[-1])}).encode())
                case [b"fork", memory_mb, threads] if len(fds) == 1 and memory_mb.isdigit() and threads.isdigit():
                    self._fork_kernel(client, fds[0], int(memory_mb), int(threads))
                case _:
                    said = b'{"error": "the zygote knows info, folder, and fork MB THREADS with one socket"}'
                    client.connection.send(said)
        except OSError as error:  # no memory or no more processes, or the examiner went away
            with contextlib.suppress(OSError):
                client.connection.send(json.dumps({"error": str(error)}).encode())
        finally:
            for fd in fds:
                os.close(fd)

    def _fork_kernel(self, client: _Client, control: int, memory_mb: int, threads: int) -> None:
        pid = namespaces.fork(self.own_processes)
        if pid == 0:
            _child(self.preloaded, control)
        pidfd = os.pidfd_open(pid)
        child = _Child(pid, pidfd, socket.socket(fileno=os.dup(control)))
        client.children.append(child)
        self.selector.register(pidfd, selectors.EVENT_READ, (client, child))
        group = ""
        if self.groups is not None:
            client.groups.append(cgroups.make(self.groups, self.folder.name, memory_mb, threads))
            client.groups[-1].add(pid)
            group = str(client.groups[-1].folder)
        socket.send_fds(client.connection, [json.dumps({"group": group}).encode()], [pidfd])

    def _ended(self, client: _Client, child: _Child) -> None:
        _, status, used = os.wait4(child.pid, 0)
        end = {"exit": os.waitstatus_to_exitcode(status), "cpu_s": used.ru_utime + used.ru_stime}
        with contextlib.suppress(OSError):
            # Not a non-blocking socket: that mode would be the child's too.
            child.report.send(json.dumps(end).encode(), socket.MSG_DONTWAIT)
        self.selector.unregister(child.pidfd)
        os.close(child.pidfd)
        child.report.close()
        client.children.remove(child)
        client.leave_nothing()

    def _disconnect(self, client: _Client) -> None:
        self.selector.unregister(client.connection)
        client.connection.close()
        client.gone = True
        client.leave_nothing()
        for child in client.children:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)


def _child(preloaded: Preloaded, control: int) -> Never:
    try:
        become_kernel(preloaded, control)
    except BaseException:  # noqa: BLE001 - whatever happens, this copy of the zygote must end here
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(70)
