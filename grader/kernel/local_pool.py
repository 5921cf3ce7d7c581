"""Kernels without a sandbox and without fork, for one's own code on macOS and Windows."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grader.assignment import Assignment
from grader.errors import AssignmentError, KernelError, StudentFault
from grader.kernel import messages
from grader.kernel.copied_files import copy_files, working_folder
from grader.kernel.exclusive_run import no_beat
from grader.kernel.inside.protocol import FAULT
from grader.kernel.kernel import Kernel
from grader.kernel.pool import KernelPool
from grader.kernel.processor_clock import WallClock
from grader.kernel.start_limits import ENDED, fault_in
from grader.kernel.supervisor import Supervisor, ended
from grader.kernel.watchdog import Watchdog
from grader.kernel.zygote_command import zygote_command
from grader.kernel_config import KernelConfig
from grader.sandbox import require
from grader.sandbox.environment import clean
from grader.settings import cache_dir
from grader.submission import SupportingFile
from grader.typed_json import record
from grader.zygote_info import ZygoteInfo

_LOCAL = "local"  # in place of a zygote's address: each kernel loads everything itself
_START_S = 180.0
_LOOK_S = 0.05


class LocalKernelPool(KernelPool):
    """The pool of a system that is not Linux.

    Raises SandboxUnavailableError unless ``sandbox`` is "off". An examiner is given the address of a pool that was
    allowed, and needs no leave of its own.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        address: str | None = None,
        sandbox: str = "on",
        private: Iterable[Path] = (),
        beat: Callable[[], None] = no_beat,
        idle_s: float | None = None,  # there is nothing that could wait
    ) -> None:
        super().__init__(assignment, address=_LOCAL, sandbox=sandbox, private=private, beat=beat)
        kind, local, info = (address or "").partition(_LOCAL)
        if (kind or not local) and sandbox != "off":
            require()
        if info:
            self.info = record(ZygoteInfo, json.loads(info))

    @cached_property
    def info(self) -> ZygoteInfo:
        """What kernels are: versions, models' digests, no layers.

        A process loads all of it and the solution beside each model. Raises AssignmentError where the assignment's own
        code breaks.
        """
        with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as folder:
            trials = [dataclasses.asdict(self._trial(model)) for model in self._assignment.models]
            Path(folder, "trials.json").write_text(json.dumps(trials), encoding="utf-8")
            command, environment = _command(folder, self._assignment), _environment(folder)
            done = subprocess.run(  # noqa: S603 - our own
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            if not (said := done.stdout.splitlines()) or done.returncode:
                raise _not_started(folder, done.stderr)
        return record(ZygoteInfo, json.loads(said[-1]))

    @property
    def address(self) -> str:
        """What another process is told: that kernels are of this kind, and what is known of them."""
        return _LOCAL + (self.info.to_bytes().decode() if "info" in self.__dict__ else "")

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Return a context that keeps nobody off: these kernels know nothing of each other."""
        return contextlib.nullcontext()

    def _trial(self, model: str) -> KernelConfig:
        given = self._assignment
        reads, provided = tuple(map(str, given.solution_reads)), tuple(sorted(given.provided))
        return KernelConfig(model, solution=str(given.solution or ""), reads=reads, provided=provided)

    def _start(self, config: KernelConfig, files: Sequence[SupportingFile]) -> Kernel:
        return LocalKernel(self._assignment, config, self._beat, files)


class LocalKernel(Kernel):
    """A kernel in a process of its own on this machine, bounded by the clock alone."""

    def __init__(
        self, assignment: Assignment, config: KernelConfig, beat: Callable[[], None], files: Sequence[SupportingFile]
    ) -> None:
        self._beat = beat
        self._files = files
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self._config = config
        command = _command(str(self._folder), assignment)
        super().__init__(KernelSpec(argv=command, display_name="Grader", language="python"), config.limits)

    def close(self) -> None:
        """Kill the kernel and remove what it left."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _provisioner(self) -> Any:
        return self._manager.provisioner

    async def _start(self) -> None:
        scratch, manager = self._folder / "scratch", self._manager
        scratch.mkdir()
        copy_files(self._files, scratch)
        config = dataclasses.replace(self._config, scratch=str(scratch), working=working_folder(self._files))
        (self._folder / "config.json").write_bytes(config.to_bytes())
        manager.connection_file, manager.ip = str(self._folder / "connection.json"), "127.0.0.1"
        manager.provisioner = _Process(kernel_spec=manager.spec, parent=manager)
        log = self._folder / "kernel.log"
        with log.open("wb") as file:
            folder = str(self._folder)
            await manager.start_kernel(env=_environment(folder), cwd=folder, stdout=file, stderr=file)
        self._supervisor = _LocalSupervisor(self._provisioner, _Nobody(), WallClock(), self.limits, self._beat)
        self._connect()
        serving = asyncio.ensure_future(self._subscribed())
        ending = asyncio.ensure_future(self._provisioner.gone())
        await asyncio.wait((serving, ending), timeout=_START_S, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not serving.done():
            raise _not_started(str(self._folder), log.read_text(encoding="utf-8", errors="replace"))


class _LocalSupervisor(Supervisor):
    """Knows of no bound but time."""

    async def death(self) -> StudentFault:
        """Return that the process ended itself."""
        self.dead = True
        return ended(await self._provisioner.poll())


class _Process(LocalProvisioner):
    """Jupyter's own way of starting, interrupting and ending a kernel on any system."""

    async def gone(self) -> None:
        """Return once the process has ended."""
        while await self.poll() is None:
            await asyncio.sleep(_LOOK_S)

    async def pause(self) -> None:
        """Do nothing: what one's own code leaves running may run."""

    async def resume(self) -> None:
        """Do nothing, as nothing was paused."""


class _Nobody(Watchdog):
    """Watches nothing."""

    def __init__(self) -> None:
        pass

    async def watch(self) -> StudentFault:
        """Wait until it is cancelled."""
        never: asyncio.Future[StudentFault] = asyncio.get_running_loop().create_future()
        return await never

    def accept(self, size: int) -> None:
        """Take no note."""

    def full(self) -> bool:
        """Return False: memory has no bound."""
        return False

    def room_mb(self) -> float:
        """Return that it may have any amount."""
        return math.inf

    def peak_mb(self) -> float:
        """Return that nobody knows."""
        return 0.0


def _command(folder: str, assignment: Assignment) -> list[str]:
    return zygote_command(
        assignment.interpreter, Path(folder), assignment.prelude, assignment.packages, "--off", "--local"
    )


def _not_started(folder: str, said: str) -> KernelError | AssignmentError:
    """Return why a process that worked in a folder ended, or did not begin to serve."""
    with contextlib.suppress(FileNotFoundError):
        if fault := fault_in(Path(folder, FAULT).read_bytes(), Path(folder), ENDED):
            return fault
    return KernelError(messages.not_started(said[-2000:].strip() or messages.NO_REASON))


def _environment(home: str) -> dict[str, str]:
    """Return this process's environment with what our kernels expect.

    It is not made anew, because Windows cannot do without some of its variables.
    """
    ours = clean(Path(home), {"HOME": str(Path.home()), **os.environ})
    ours["MPLCONFIGDIR"] = str(cache_dir() / "matplotlib")
    return {**os.environ, **ours, "PATH": os.environ.get("PATH", "")}
