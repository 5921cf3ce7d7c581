"""Start a zygote, connect to one, and have it fork kernels."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.closing import Closing
from grader.errors import KernelError
from grader.kernel.font_cache import keep_fonts, lend_fonts
from grader.kernel.inside.protocol import EXIT_CODE, FAULT
from grader.kernel.inside.remove_tree import remove
from grader.kernel.path_aliases import Links, real
from grader.kernel.private_folders import private_folder
from grader.kernel.start_limits import ENDED, ENDLESS, Start, by_itself, fault_in
from grader.kernel_config import KernelConfig
from grader.sandbox import require
from grader.sandbox.cgroups import Group
from grader.sandbox.environment import clean, model_folders
from grader.settings import PACKAGE, absolute
from grader.typed_json import record
from grader.zygote_info import ZygoteInfo

_SCRIPT = Path("kernel", "inside", "zygote_main.py")
_LOOK_S = 0.2
_READY_S = 120.0
_END_S = 60.0
_MAX_MESSAGE = 1 << 16
_SLACK_MB = 256  # for what a kernel needs itself; resource limits come first and leave the student an exception
_OWN_THREADS = 32


class Zygote(Closing):
    """A zygote that this process started; a context manager.

    It ends with this process, however that ends, and its kernels and the folder of them all with it.

    ``prelude`` is the file that it runs, which may read ``folders``; ``hidden`` are paths that no kernel may ever read.
    ``interpreter`` is the Python that it is, ``packages`` are those whose versions it tells.
    Raises SandboxUnavailableError when kernels must be locked down and cannot be, UsageError for a folder of models
    that is not named by an absolute path or where no folder will do for sockets, KernelError with the end of the
    zygote's log when it does not start.
    """

    def __init__(
        self,
        prelude: Path,
        hidden: Iterable[Path] = (),
        folders: Iterable[Path] = (),
        *,
        sandbox: str = "on",
        interpreter: str = sys.executable,
        packages: Iterable[str] = (),
    ) -> None:
        models = {name: absolute(name, value) for name, value in model_folders(os.environ).items()}
        if sandbox != "off":
            require(strict=sandbox == "strict")
        self._held: int | None
        self.folder, self._held = private_folder()
        self.address = str(self.folder / "zygote")
        self._log = self.folder / "zygote.log"
        self._home = self.folder / "home"
        try:
            options = [",".join(packages), f"--{sandbox}"]
            self._process = self._start_process(interpreter, prelude, folders, models, options)
        except BaseException:
            self._leave_nothing()
            raise
        if sandbox != "off":
            self._send_hidden([str(path) for path in hidden])

    def _start_process(
        self, interpreter: str, prelude: Path, folders: Iterable[Path], models: Mapping[str, Path], options: list[str]
    ) -> subprocess.Popen[bytes]:
        self._home.mkdir()
        lend_fonts(self._home / "matplotlib")
        environment, package = clean(self._home), PACKAGE
        if "--off" not in options:  # its memory is every kernel's
            links = Links(self.folder)
            environment |= {name: str(links.to(place, name)) for name, place in models.items()}
            package, prelude = links.to(PACKAGE, "grader"), _linked(prelude, folders, links)
        with self._log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [interpreter, "-I", "-B", str(package / _SCRIPT), str(self.folder), str(prelude), *options],
                stdin=subprocess.PIPE,  # its end tells the zygote that we are gone
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return once the zygote serves.

        Raises AssignmentError when the prelude or a model of its does not load, KernelError when the zygote ends or
        takes too long for another reason.
        """
        start = Start(self._process.pid)
        while not Path(self.address).exists():
            if (code := self._exit_code()) is not None:
                self._blame(ENDED if by_itself(code) else "")
                raise KernelError(f"The kernels' zygote ended with code {code} before it was ready: {self._tail()}")
            if start.stands_still((self.folder / FAULT).exists()):
                self._blame(ENDLESS)
                raise KernelError(f"The kernels' zygote does not get ready: {self._tail()}")
        keep_fonts(self._home / "matplotlib")

    def _send_hidden(self, hidden: list[str]) -> None:
        """Say what no kernel may read.

        It does not stand on the command line, which every kernel would have in its memory.
        """
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):  # it has ended, and wait() says why
                self._process.stdin.write(json.dumps(hidden).encode() + b"\n")
                self._process.stdin.flush()

    def _exit_code(self) -> int | None:
        """Return how the zygote ended, None while it does not within a moment."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.02)
        with contextlib.suppress(FileNotFoundError, ValueError):  # it is not there, or not yet written
            return int((self.folder / EXIT_CODE).read_text(encoding="ascii"))
        return None

    def _blame(self, end: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            if fault := fault_in((self.folder / FAULT).read_bytes(), self.folder, end):
                raise fault

    def close(self) -> None:
        """End the zygote and its kernels; its folder goes with them."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._leave_nothing()  # where the process was killed that does it

    def _leave_nothing(self) -> None:
        remove(self.folder)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _tail(self) -> str:
        return real(_tail(self._log), self.folder)


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
            raise KernelError(f"There is no zygote at {address}: {error.strerror or error}.") from error

    def info(self) -> ZygoteInfo:
        """Return what the zygote says of itself; raises KernelError when it is of another version."""
        self._socket.send(b"info")
        try:
            return record(ZygoteInfo, self._receive_reply()[0])
        except ValueError as error:
            raise KernelError(f"The zygote is of another version: {error}.") from error

    def folder(self) -> Path:
        """Return an empty folder for a kernel."""
        self._socket.send(b"folder")
        answer, _ = self._receive_reply()
        if "folder" not in answer:
            raise KernelError(f"The zygote gave no folder: {answer.get('error', 'it is of another version')}.")
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
            raise KernelError(f"The zygote could not fork a kernel: {answer.get('error', 'it gave no process')}.")
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
        reason = real(str(said.get("failed") or _tail(log)).strip(), folder)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(fork.pidfd, signal.SIGKILL)
        fork.close()
        if fault := fault_in(data if "rule" in said else begun, folder, end):
            raise fault
        raise KernelError(f"A kernel could not be started: {reason}")

    def _receive_reply(self) -> tuple[dict[str, Any], list[int]]:
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, _MAX_MESSAGE, 1)
            return dict(json.loads(data)), list(fds)
        except (OSError, ValueError) as error:
            raise KernelError(f"The zygote does not answer: {error}.") from error


def _linked(prelude: Path, folders: Iterable[Path], links: Links) -> Path:
    """Return a prelude by a link to the folder of all it may read, with its way from there."""
    base = Path(os.path.commonpath([prelude.parent, *folders]))
    return links.to(base, "files") / prelude.relative_to(base)


def _pid_here(pidfd: int) -> int:
    """Return the number by which this process knows a process; a namespace has others."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise KernelError("The system does not say which process the zygote forked.")


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        return log.read_text(encoding="utf-8", errors="replace")[-2000:].strip() or "its log is empty"
    return "it left no log"
