"""A connection to a zygote, over which an examiner has it fork kernels."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import KernelError
from grader.kernel import messages
from grader.kernel.path_aliases import real
from grader.kernel.start_limits import ENDED, ENDLESS, Start, by_itself, fault_in
from grader.kernel_config import KernelConfig
from grader.sandbox.cgroups import Group
from grader.typed_json import record
from grader.zygote_info import ZygoteInfo

_LOOK_S = 0.2
_READY_S = 120.0
_MAX_MESSAGE = 1 << 16
_SLACK_MB = 256  # for what a kernel needs itself; resource limits come first and leave the student an exception
_OWN_THREADS = 32


@dataclass(slots=True, eq=False)
class Fork:
    """A forked kernel.

    Its process is known by number for reading /proc, and by descriptor for everything else. ``group`` bounds it, where
    there are control groups.
    """

    pid: int
    pidfd: int
    control: socket.socket
    group: Group | None = None

    def end(self) -> tuple[int, float] | None:
        """Return how the process ended, and the seconds of processor time that it used.

        A negative number is a signal. It is None where the zygote does not tell.
        """
        self.control.settimeout(1)
        try:
            said = json.loads(self.control.recv(_MAX_MESSAGE))
            return int(said["exit"]), float(said["cpu_s"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def close(self) -> None:
        """Close what this process holds of it."""
        os.close(self.pidfd)
        self.control.close()


class Connection:
    """One examiner's connection to a zygote.

    Its kernels are killed, and their folders removed, when it closes.
    """

    def __init__(self, address: str, answer_s: float = _READY_S) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(answer_s)
        try:
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise KernelError(messages.no_zygote(address, error.strerror or error)) from error

    def info(self) -> ZygoteInfo:
        """Return what the zygote says of itself; raises KernelError when it is of another version."""
        self._socket.send(b"info")
        try:
            return record(ZygoteInfo, self._receive_reply()[0])
        except ValueError as error:
            raise KernelError(messages.other_version(error)) from error

    def folder(self) -> Path:
        """Return an empty folder for a kernel."""
        self._socket.send(b"folder")
        answer, _ = self._receive_reply()
        if "folder" not in answer:
            raise KernelError(messages.no_folder(answer.get("error", messages.OTHER_VERSION)))
        return Path(answer["folder"])

    def fork(self, config: KernelConfig, log: Path) -> Fork:
        """Fork a kernel and wait until it is locked and serves.

        Its control group, if any, bounds memory and threads. Raises AssignmentError when the assignment's own code does
        not run in it, KernelError with any other reason.
        """
        memory_mb, threads = config.limits.memory_mb + _SLACK_MB, config.limits.threads + _OWN_THREADS
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._socket, [f"fork {memory_mb} {threads}".encode()], [theirs.fileno()])
            answer, fds = self._receive_reply()
        if len(fds) != 1:
            ours.close()
            raise KernelError(messages.no_fork(answer.get("error", messages.NO_PROCESS)))
        group = Group(Path(answer["group"])) if answer.get("group") else None
        fork = Fork(_pid_here(fds[0]), fds[0], ours, group)
        # Only now, and to the child alone: the zygote must never have held a key.
        with log.open("wb") as file:
            socket.send_fds(ours, [config.to_bytes()], [file.fileno()])
        self._await_ready(fork, log)
        return fork

    def close(self) -> None:
        """Close the connection, which ends the kernels forked over it."""
        self._socket.close()

    def _await_ready(self, fork: Fork, log: Path) -> None:
        start, data, begun, end = Start(fork.pid), b"", b"", ""
        fork.control.settimeout(_LOOK_S)
        said: dict[str, Any] = {}
        while not said and not end:
            try:
                data = fork.control.recv(_MAX_MESSAGE)
                said = dict(json.loads(data))
            except TimeoutError:
                end = ENDLESS if start.stands_still(begun) else ""
            except (OSError, ValueError) as error:
                said = {"failed": str(error)}
            if "running" in said:
                begun, said = data, {}
        if said.get("ready"):
            return
        if by_itself(said.get("exit", -1)):
            end = ENDED
        folder = log.parent.parent
        reason = real(str(said.get("failed") or log_tail(log)).strip(), folder)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(fork.pidfd, signal.SIGKILL)
        fork.close()
        if fault := fault_in(data if "rule" in said else begun, folder, end):
            raise fault
        raise KernelError(messages.not_started(reason))

    def _receive_reply(self) -> tuple[dict[str, Any], list[int]]:
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, _MAX_MESSAGE, 1)
            return dict(json.loads(data)), list(fds)
        except (OSError, ValueError) as error:
            raise KernelError(messages.no_reply(error)) from error


def _pid_here(pidfd: int) -> int:
    """Return the number by which this process knows a process; a namespace has others."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise KernelError(messages.NO_PROCESS_NUMBER)


def log_tail(log: Path) -> str:
    """Return the end of a log, or that there is none."""
    with contextlib.suppress(OSError):
        return log.read_text(encoding="utf-8", errors="replace")[-2000:].strip() or messages.EMPTY_LOG
    return messages.NO_LOG
