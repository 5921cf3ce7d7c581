"""The zygote's loop: examiners connect, ask for forks, and are told how each of them ended.

One thread, one poll. Its memory is every kernel's memory, so it reads no order and holds no key: an order waits in
the socket that the child alone reads. A fork request brings that socket; the zygote keeps its end only to send, once,
how the child ended.
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
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Never

from grader.kernel.inside.child import become_kernel
from grader.kernel.inside.order import LINKS
from grader.kernel.inside.readable import readable
from grader.kernel.inside.warm import Warm, warm_up
from grader.sandbox import namespaces

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
    """One examiner's connection and the kernels that it asked for, which end with it."""

    connection: socket.socket
    children: list[_Child] = field(default_factory=list)


def main(folder: str, prelude: str, options: list[str]) -> Never:
    """Warm up, then serve on ``folder/zygote`` until the lifeline closes.

    Options: ``--off`` (nothing is locked down), ``--apart`` (this process has namespaces of its own). What kernels may
    not read comes by the lifeline, to a process of its own.
    """
    sys.argv[:] = sys.orig_argv[:] = [""]  # kernels need not know where things are
    began = time.monotonic()
    locked = "--off" not in options
    rules = readable(_LIFELINE) if locked else ()
    warm = warm_up(Path(prelude), rules, folder, locked=locked, apart="--apart" in options)
    shutil.rmtree(f"{folder}/{LINKS}", ignore_errors=True)  # where they lead, a kernel could read off them
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Under its name only once it listens: whoever sees it connects at once.
    listener.bind(f"{folder}/zygote.new")
    listener.listen(_BACKLOG)
    os.rename(f"{folder}/zygote.new", f"{folder}/zygote")
    listener.setblocking(False)
    print(f"ready after {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    try:
        _Server(warm, listener).run()
    except Exception:  # noqa: BLE001 - the log is the one place that will know
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


class _Server:
    def __init__(self, warm: Warm, listener: socket.socket) -> None:
        self.warm = warm
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, None)
        self.selector.register(_LIFELINE, selectors.EVENT_READ, None)
        self.own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if warm.root else None

    def run(self) -> None:
        """Serve until the lifeline closes."""
        while True:
            for key, _ in self.selector.select():
                if key.fd == _LIFELINE:
                    return
                if key.fileobj is self.listener:
                    self._accept()
                elif isinstance(key.data, _Client):
                    self._request(key.data)
                else:
                    self._ended(*key.data)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it went away again
            connection, _ = self.listener.accept()
            self.selector.register(connection, selectors.EVENT_READ, _Client(connection))

    def _request(self, client: _Client) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(client.connection, _MAX_REQUEST, 4)
        except OSError:
            data, fds = b"", []
        try:
            if not data:
                self._disconnect(client)
            elif data == b"hello":
                client.connection.send(self.warm.hello)
            elif data == b"fork" and len(fds) == 1:
                self._fork(client, fds[0])
            else:
                client.connection.send(b'{"error": "the zygote knows hello, and fork with one socket"}')
        except OSError as error:  # no memory or no more processes, or the examiner went away
            with contextlib.suppress(OSError):
                client.connection.send(json.dumps({"error": str(error)}).encode())
        finally:
            for fd in fds:
                os.close(fd)

    def _fork(self, client: _Client, control: int) -> None:
        pid = namespaces.fork(self.own_processes)
        if pid == 0:
            _child(self.warm, control)
        pidfd = os.pidfd_open(pid)
        child = _Child(pid, pidfd, socket.socket(fileno=os.dup(control)))
        client.children.append(child)
        self.selector.register(pidfd, selectors.EVENT_READ, (client, child))
        socket.send_fds(client.connection, [b"{}"], [pidfd])

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

    def _disconnect(self, client: _Client) -> None:
        self.selector.unregister(client.connection)
        client.connection.close()
        for child in client.children:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)


def _child(warm: Warm, control: int) -> Never:
    try:
        become_kernel(warm, control)
    except BaseException:  # noqa: BLE001 - whatever happens, this copy of the zygote must end here
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(70)
