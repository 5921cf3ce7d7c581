"""The Jupyter kernel provisioner whose kernels are forks of a zygote."""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Instance, Tuple, Unicode

from grader.kernel.copied_files import copy_files, working_folder
from grader.kernel.inside.protocol import IPC_NAME, PORTS
from grader.kernel.inside.remove_tree import remove
from grader.kernel.zygote_connection import Connection, Fork
from grader.kernel_config import KernelConfig
from grader.sandbox.cgroups import Group
from grader.submission import SupportingFile

NAME = "grader-sandbox"
_NOT_RUNNING = 0


def kernel_spec(address: str, config: KernelConfig, files: Sequence[SupportingFile] = ()) -> KernelSpec:
    """Return a kernel specification for kernels forked by the zygote at ``address``.

    ``config`` is what they share: without the key and the folders of one kernel. ``files`` are copied into each.
    """
    traits = {"address": address, "kernel_config": config, "files": tuple(files)}
    provisioner = {"provisioner_name": NAME, "config": traits}
    return KernelSpec(
        argv=[NAME],
        display_name="Grader (locked down)",
        language="python",
        interrupt_mode="signal",
        metadata={"kernel_provisioner": provisioner},
    )


class SandboxProvisioner(KernelProvisionerBase):
    """Forks, signals and ends one locked kernel, all through its process descriptor.

    ``fork`` is the process, None when there is none; ``group`` bounds it where control groups can;
    ``folder`` holds its sockets, its scratch folder and its log;
    ``orphaned`` says that it ended because the zygote did; once it has ended, ``cpu_s`` is what it used.
    """

    address = Unicode(help="path of the zygote's socket").tag(config=True)
    kernel_config = Instance(KernelConfig, help="what all kernels share").tag(config=True)
    files = Tuple(help="what is copied into their folders: a kernel is not to know the paths").tag(config=True)

    fork: Fork | None = None
    group: Group | None = None
    exit_code: int | None = None
    cpu_s = 0.0
    orphaned = False
    folder: Path | None = None
    _connection: Connection | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a process to manage."""
        return self.fork is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's private folder and put its sockets into it."""
        self._connection = Connection(self.address)
        self.folder = self._connection.folder()
        for name in ("sockets", "scratch"):
            (self.folder / name).mkdir(mode=0o700)
        copy_files(self.files, self.folder / "scratch")
        manager: Any = self.parent
        manager.connection_file = str(self.folder / "connection.json")
        manager.transport, manager.ip = "ipc", str(self.folder / "sockets" / IPC_NAME)
        for channel, port in PORTS.items():
            setattr(manager, f"{channel}_port", port)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[NAME], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have the zygote fork and wait until the kernel is locked; raises KernelError."""
        if self.folder is None or self._connection is None:
            raise RuntimeError("launch_kernel needs pre_launch")
        key: Any = self.connection_info["key"]
        config = replace(
            self.kernel_config,
            key=key.decode() if isinstance(key, bytes) else key,
            sockets=str(self.folder / "sockets"),
            scratch=str(self.folder / "scratch"),
            working=working_folder(self.files),
        )
        self.fork = self._connection.fork(config, self.folder / "kernel.log")
        self.group = self.fork.group
        self.exit_code = None
        return self.connection_info

    async def poll(self) -> int | None:
        """Return None while the process runs, else how it ended."""
        if self.fork is None:
            return _NOT_RUNNING if self.exit_code is None else self.exit_code
        if not _is_readable(self.fork.pidfd):
            return None
        if self.exit_code is None:
            end = self.fork.end()
            self.orphaned = end is None
            self.exit_code, self.cpu_s = end or (-signal.SIGKILL, 0.0)
        return self.exit_code

    async def gone(self) -> None:
        """Return once the process has ended."""
        if self.fork is None or _is_readable(self.fork.pidfd):
            return
        loop, pidfd = asyncio.get_running_loop(), self.fork.pidfd
        ended: asyncio.Future[None] = loop.create_future()
        loop.add_reader(pidfd, _set_done, ended)
        try:
            await ended
        finally:
            loop.remove_reader(pidfd)

    async def wait(self) -> int | None:
        """Wait for the end of the process and let go of it; return how it ended."""
        await self.gone()
        code = await self.poll()
        if self.fork is not None:
            self.fork.close()
            self.fork = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal, 0 included, to the process if it still runs."""
        if self.fork is not None and signum:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.fork.pidfd, signum)

    async def pause(self) -> None:
        """Let the process not move until it is resumed."""
        await self.send_signal(signal.SIGSTOP)

    async def resume(self) -> None:
        """Let the process go on."""
        await self.send_signal(signal.SIGCONT)

    async def kill(self, restart: bool = False) -> None:
        """Kill the process; there are no others, as a kernel cannot make any."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Kill the process."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder and close the connection; its group is the zygote's."""
        if self.folder is not None:
            remove(self.folder)  # as the zygote would, but however long that takes, only this examiner waits for it
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _set_done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
