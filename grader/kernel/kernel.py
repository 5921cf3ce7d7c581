"""A locked kernel from the examiner's side: run cells, call functions, and never wait longer than agreed."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec

from grader.assignment import Limits
from grader.errors import BadAnswer, CallOutOfMemory, CallTimedOut, Frame, KernelDied, KernelError, StudentFault
from grader.kernel import wire
from grader.kernel.cells import CellRunner, Segment
from grader.kernel.channels import MALFORMED, CappedClient, SandboxKernelManager
from grader.kernel.provisioner import SandboxProvisioner
from grader.kernel.watchdog import Bounds, Watchdog
from grader.value import Value

_log = logging.getLogger("grader.kernel")
_log.addHandler(logging.NullHandler())  # what Jupyter logs is for those who ask for it

_GRACE_S = 1.0  # from the interrupt to the kill
_START_S = 30.0
_CRASHES = (-signal.SIGABRT, -signal.SIGSEGV)  # of a library that does not get the memory that it needs
_MB = 1 << 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """Something that the kernel does, and what is watched meanwhile: its bounds, and the end of its process."""

    task: asyncio.Task[Any]
    bounds: asyncio.Task[StudentFault]
    end: asyncio.Task[None]

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        return self.task, self.bounds, self.end


class Kernel:
    """One forked, locked kernel; a context manager. Not for use from within a running event loop."""

    def __init__(self, spec: KernelSpec, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.SelectorEventLoop()  # the usual one but on Windows, whose own cannot wait for sockets
        self._context = zmq.asyncio.Context()
        self._manager = SandboxKernelManager(spec=spec, log=_log)
        self._client: CappedClient | None = None
        self._parts = 0
        self._dead = False
        try:
            self._run(self._start())
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the kernel can be used; once it is not, take another one."""
        return not self._dead and not self._loop.is_closed() and self._run(self._provisioner.poll()) is None

    def run(self, segments: Sequence[Segment]) -> dict[int, StudentFault]:
        """Run segments one after the other, whatever the others did; return what went wrong by the segment's index.

        All together have ``setup_s`` seconds. Whatever uses them up, those after it have a tenth of that, all together:
        so a definition at the end is reached, and many slow cells take no longer than one. When the kernel does not
        survive a segment, the ones after it are KernelDied.
        """
        faults: dict[int, StudentFault] = {}
        budget, reserve = self._limits.setup_s, self._limits.setup_s / 10
        used = 0.0
        for index, segment in enumerate(segments):
            began = self._loop.time()
            try:
                self._run(self._run_segment(segment, max(budget - used, min(reserve, budget + reserve - used))))
            except StudentFault as fault:
                faults[index] = fault
            used += self._loop.time() - began
        return faults

    def call(
        self, name: str, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None, *, timeout: float
    ) -> Value:
        """Call a function by name and return its value; raises a StudentFault for anything else that it did.

        The call ends within ``timeout`` seconds: the kernel is interrupted, and killed a second later if that does
        not help.
        """
        buffers = wire.encode_call(args, kwargs or {})
        reply = self._run(self._supervise(self._request(name, buffers), timeout))
        self._watchdog.accept(sum(map(len, reply)))
        return wire.decode_reply(reply, name)

    def close(self) -> None:
        """Kill the kernel and remove what it left."""
        if self._loop.is_closed():
            return
        try:
            self._run(self._stop())
        finally:
            self._loop.close()
            self._context.term()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self._loop.run_until_complete(work)

    @property
    def _provisioner(self) -> SandboxProvisioner:
        if not isinstance(self._manager.provisioner, SandboxProvisioner):
            raise KernelError("The kernel was started by another provisioner than ours.")
        return self._manager.provisioner

    async def _start(self) -> None:
        await self._manager.start_kernel()
        fork = self._provisioner.fork
        if fork is None or self._provisioner.folder is None:
            raise KernelError("The kernel ended as soon as it was started.")
        limits = self._limits
        bounds = Bounds(
            memory_mb=limits.memory_mb,
            threads=limits.threads,
            scratch_mb=limits.scratch_mb,
            scratch_files=limits.scratch_files,
            file_mb=self._provisioner.order["file_mb"],
            own_mb=3 * limits.result_mb + 256,
        )
        self._watchdog = Watchdog(fork.pid, self._provisioner.folder / "scratch", bounds)
        self._connect()
        await asyncio.wait_for(self._subscribed(), _START_S)

    def _connect(self) -> None:
        self._client = CappedClient(
            parent=self._manager,
            context=self._context,
            reply_bytes=self._limits.result_mb * _MB + wire.MAX_JSON,
            **self._manager.get_connection_info(session=True),
        )
        self._client.start_channels(stdin=False, hb=False, control=False)
        self._client.allow_stdin = False
        self._cells = CellRunner(self._manager, self._client, _log)

    async def _subscribed(self) -> None:
        """Wait for the word that the output channel is connected: what is sent before that is lost."""
        while (await self._channels.get_iopub_msg(timeout=None))["msg_type"] != "iopub_welcome":
            pass

    @property
    def _channels(self) -> CappedClient:
        if self._client is None:
            raise KernelError("The kernel is not connected.")
        return self._client

    async def _stop(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
        if self._manager.has_kernel:
            await self._provisioner.kill()
            await self._provisioner.wait()
        await _cancel(asyncio.all_tasks() - {asyncio.current_task()})
        await self._manager.cleanup_resources()

    async def _run_segment(self, segment: Segment, seconds: float) -> None:
        if self._dead:
            raise KernelDied("The process that runs your code had ended before this cell could run.")
        if seconds <= 0:
            raise CallTimedOut(
                f"Your notebook's cells did not finish within the {self._limits.setup_s:g} s that they have together."
            )
        self._parts += 1
        fault = await self._supervise(self._cells.run(segment, self._parts), seconds)
        if fault is not None:
            raise fault

    async def _request(self, name: str, buffers: list[bytes]) -> list[bytes]:
        channel = self._channels.shell_channel
        message = channel.session.send(channel.socket, "call_request", {"name": name}, buffers=buffers)
        while True:
            reply = await channel.get_msg(timeout=None)
            if reply["msg_type"] == MALFORMED:
                raise BadAnswer("What your function returned could not be read.")
            if reply["parent_header"].get("msg_id") == message["msg_id"] and reply["msg_type"] == "call_reply":
                return list(reply["buffers"])

    async def _supervise(self, work: Coroutine[Any, Any, _T], seconds: float) -> _T:
        """Return what ``work`` returns, or raise why it did not: the deadline, a bound, the end of the process."""
        if self._dead:
            work.close()
            raise KernelDied("The process that runs your code has ended.")
        loop = self._loop
        await self._provisioner.resume()
        task = loop.create_task(work)
        watched = _Watched(task, loop.create_task(self._watchdog.watch()), loop.create_task(self._provisioner.gone()))
        try:
            await asyncio.wait(watched.tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise await self._stopped(watched, seconds)
        finally:
            await _cancel(watched.tasks)
            # Nobody watches between calls, so nothing moves: no thread left behind burns time or sends anything.
            await self._provisioner.pause()

    async def _stopped(self, watched: _Watched, seconds: float) -> StudentFault:
        """Return why the work did not end by itself, after seeing to it that it ends."""
        if watched.end.done():
            return await self._death()
        if watched.bounds.done():
            await self._kill()
            return watched.bounds.result()
        full = self._watchdog.full()  # now, as an interrupt may free what fills it
        await self._provisioner.send_signal(signal.SIGINT)
        await asyncio.wait(watched.tasks, timeout=_GRACE_S, return_when=asyncio.FIRST_COMPLETED)
        frames = _frames(watched.task) if watched.task.done() else ()
        if not watched.task.done():
            await self._kill()
        where = f" It was in cell {frames[-1].cell}, line {frames[-1].line}." if frames else ""
        if full:
            return CallOutOfMemory(f"{self._too_much_memory}{where}", frames)
        return CallTimedOut(f"Your code did not finish within {seconds:.3g} s.{where}", frames)

    async def _kill(self) -> None:
        self._dead = True
        await self._provisioner.kill()
        await self._provisioner.gone()

    @property
    def _too_much_memory(self) -> str:
        return f"Your code wanted more than the {self._limits.memory_mb} MB of memory that it may use."

    async def _death(self) -> StudentFault:
        self._dead = True
        code = await self._provisioner.poll()
        if self._provisioner.orphaned:
            raise KernelError("The zygote ended, and its kernels with it.")
        group = self._provisioner.group
        if (group is not None and group.ran_out_of_memory()) or (code in _CRASHES and self._watchdog.full()):
            return CallOutOfMemory(self._too_much_memory)
        # The first process of a namespace does not hear the soft limit; the hard one, seconds later, kills it.
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and self._provisioner.cpu_s >= self._limits.cpu_s):
            return CallTimedOut(
                f"Your code used more than the {self._limits.cpu_s} s of processor time that it may use."
            )
        return ended(code)


def ended(code: int | None) -> KernelDied:
    """Return the fault of code that ended its own process, with an exit code or (negative) by a signal."""
    how, look = f"with exit code {code}", " Look for exit(), quit() or os._exit() in it."
    if code and code < 0:
        how, look = f"with signal {-code}", ""
    return KernelDied(f"Your code ended its own process ({how}) instead of returning an answer.{look}")


async def _cancel(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    left = [task for task in tasks if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _frames(task: asyncio.Task[Any]) -> tuple[Frame, ...]:
    """Return where an interrupted call or cell was, if it says so."""
    if task.exception() is not None:
        return ()
    result = task.result()
    if isinstance(result, StudentFault):
        return result.frames
    try:
        wire.decode_reply(result or [b""], "")
    except StudentFault as fault:
        return fault.frames
    return ()
