"""The examiner's side of a kernel: run cells and call functions within limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec

from grader.closing import Closing
from grader.errors import (
    BadAnswer,
    CallOutOfMemory,
    KernelDied,
    KernelError,
    MachineMemoryError,
    StudentFault,
)
from grader.kernel import codec, messages
from grader.kernel.cell_runner import CellRunner
from grader.kernel.channels import MALFORMED, CappedClient, SandboxKernelManager
from grader.kernel.exclusive_run import Turns, no_beat
from grader.kernel.processor_clock import Time, clock_of
from grader.kernel.provisioner import SandboxProvisioner
from grader.kernel.supervisor import Supervisor, TimeLimit, cancel
from grader.kernel.watchdog import Watchdog
from grader.kernel_config import Limits
from grader.value import Value

if TYPE_CHECKING:
    from grader.extract import Segment

_log = logging.getLogger("grader.kernel")
_log.addFilter(lambda record: logging.root.level <= logging.DEBUG)  # what Jupyter logs is for those who ask for it

_START_S = 120.0  # a tenth of a second, but on the busiest machine
_MB = 1 << 20
_T = TypeVar("_T")


class Kernel(Closing):
    """One forked, locked kernel; a context manager.

    Not for use from within a running event loop. ``limits`` are those that hold for it; ``turns`` say when it may run
    beside the kernels of other examiners.
    """

    def __init__(self, spec: KernelSpec, limits: Limits, turns: Turns | None = None) -> None:
        self.limits = limits
        self._turns = turns
        self._loop = asyncio.SelectorEventLoop()  # the usual one but on Windows, whose own cannot wait for sockets
        self._context = zmq.asyncio.Context()
        self._manager = SandboxKernelManager(spec=spec, log=_log)
        self._client: CappedClient | None = None
        self._parts = 0
        try:
            self._wait_for(self._start())
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the kernel can be used; once it is not, take another one."""
        running = not self._supervisor.dead and not self._loop.is_closed()
        return running and self._wait_for(self._provisioner.poll()) is None

    @property
    def used(self) -> Time:
        """The time that the last call took, or the last segment."""
        return self._supervisor.used

    @property
    def peak_mb(self) -> float:
        """By how many MB the kernel has been larger at most than when it was started."""
        return self._supervisor.watchdog.peak_mb()

    def run(self, segments: Sequence[Segment], *, cpu_s: float | None = None) -> dict[int, StudentFault]:
        """Run segments one after the other; return what went wrong by the segment's index.

        All together have ``cpu_s`` (by default the limits' ``setup_s``) of processor time, and may be idle for
        ``idle_s``. Whatever uses these up, those after it have a tenth of that, all together: so a definition at the
        end is reached, and many slow cells take no longer than one. When the kernel does not survive a segment, the
        ones after it are KernelDied.
        """
        faults: dict[int, StudentFault] = {}
        whole = Time(self.limits.setup_s if cpu_s is None else cpu_s, self.limits.idle_s)
        used = Time()
        for index, segment in enumerate(segments):
            left = Time(_left(whole.cpu_s, used.cpu_s), _left(whole.idle_s, used.idle_s))
            try:
                self._run_segment(segment, TimeLimit(left, whole, messages.ALL_CELLS))
            except StudentFault as fault:
                faults[index] = fault
            used += self._supervisor.used
        return faults

    def call(
        self,
        name: str,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        cpu_s: float,
        idle_s: float | None = None,
        who: str = messages.ONE_CALL,
    ) -> Value:
        """Call a function by name and return its value, or raise a StudentFault.

        The call may use ``cpu_s`` of processor time and be idle for ``idle_s`` (by default the limits'): then the
        kernel is interrupted, and killed a second later if that does not help. ``who`` has these limits, in the
        sentence that says so. Raises MachineMemoryError when the machine, and not a limit, kept memory from it.
        """
        whole = Time(cpu_s, self.limits.idle_s if idle_s is None else idle_s)
        buffers = codec.encode_call(args, kwargs or {})
        reply = self._do(self._send_call(name, buffers), TimeLimit(whole, whole, who))
        self._supervisor.watchdog.accept(sum(map(len, reply)))
        try:
            return codec.decode_reply(reply, name)
        except CallOutOfMemory:
            self._refuse_if_machine()
            raise

    def close(self) -> None:
        """Kill the kernel and remove what it left."""
        if self._loop.is_closed():
            return
        try:
            self._wait_for(self._stop())
        finally:
            self._context.destroy(linger=0)  # with sockets that an error left over, for which term would wait
            self._loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self._loop.run_until_complete(work)

    def _do(self, work: Coroutine[Any, Any, _T], limit: TimeLimit) -> _T:
        with self._turns.beside_others() if self._turns else contextlib.nullcontext():
            return self._wait_for(self._supervisor.do(work, limit))

    def _refuse_if_machine(self) -> None:
        if self._supervisor.refused_by_machine():
            raise MachineMemoryError(messages.NO_MACHINE_MEMORY)

    @property
    def _provisioner(self) -> SandboxProvisioner:
        if not isinstance(self._manager.provisioner, SandboxProvisioner):
            raise KernelError(messages.ANOTHER_PROVISIONER)
        return self._manager.provisioner

    async def _start(self) -> None:
        await self._manager.start_kernel()
        fork = self._provisioner.fork
        if fork is None or self._provisioner.folder is None:
            raise KernelError(messages.ENDED_AT_START)
        watchdog = Watchdog(fork.pid, self._provisioner.folder / "scratch", self.limits)
        beat = self._turns.beat if self._turns else no_beat
        self._supervisor = Supervisor(self._provisioner, watchdog, clock_of(fork.pid), self.limits, beat)
        self._connect()
        await asyncio.wait_for(self._subscribed(), _START_S)

    def _connect(self) -> None:
        self._client = CappedClient(
            parent=self._manager,
            context=self._context,
            reply_bytes=self.limits.result_mb * _MB + codec.MAX_JSON,
            **self._manager.get_connection_info(session=True),
        )
        self._client.start_channels(stdin=False, hb=False, control=False)
        self._client.allow_stdin = False
        self._cells = CellRunner(self._manager, self._client, _log)

    async def _subscribed(self) -> None:
        """Wait until the output channel is connected; what is sent before that is lost."""
        while (await self._channels.get_iopub_msg(timeout=None))["msg_type"] != "iopub_welcome":
            pass

    @property
    def _channels(self) -> CappedClient:
        if self._client is None:
            raise KernelError(messages.NOT_CONNECTED)
        return self._client

    async def _stop(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
        if self._manager.has_kernel:
            await self._provisioner.kill()
            await self._provisioner.wait()
        await cancel(asyncio.all_tasks() - {asyncio.current_task()})
        await self._manager.cleanup_resources()

    def _run_segment(self, segment: Segment, limit: TimeLimit) -> None:
        self._supervisor.used = Time()
        if self._supervisor.dead:
            raise KernelDied(messages.ENDED_BEFORE_CELL)
        if not_run := limit.exhausted(segment.cell):
            raise not_run
        self._parts += 1
        fault = self._do(self._cells.run(segment, self._parts), limit)
        if isinstance(fault, CallOutOfMemory):
            self._refuse_if_machine()
        if fault is not None:
            raise fault

    async def _send_call(self, name: str, buffers: list[bytes | memoryview]) -> list[bytes]:
        channel = self._channels.shell_channel
        message = channel.session.send(channel.socket, "call_request", {"name": name}, buffers=buffers)
        while True:
            reply = await channel.get_msg(timeout=None)
            if reply["msg_type"] == MALFORMED:
                raise BadAnswer(messages.UNREADABLE_ANSWER)
            if reply["parent_header"].get("msg_id") == message["msg_id"] and reply["msg_type"] == "call_reply":
                return list(reply["buffers"])


def _left(budget: float, used: float) -> float:
    """Return how much one segment may use: what is left, and at least a tenth between them."""
    return max(budget - used, min(budget / 10, budget * 1.1 - used))
