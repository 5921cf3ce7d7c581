"""Enforce the limits of a running kernel and report what ended it."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from grader import machine
from grader.errors import (
    CallOutOfMemory,
    CallTimedOut,
    CallWaited,
    Frame,
    KernelDied,
    KernelError,
    MachineMemoryError,
    StudentFault,
)
from grader.kernel import codec, messages
from grader.kernel.processor_clock import Clock, Time
from grader.kernel.watchdog import Watchdog
from grader.kernel_config import Limits

if TYPE_CHECKING:
    from grader.kernel.provisioner import SandboxProvisioner

_INTERVAL_S = 0.05
GRACE = Time(1.0, 1.0)
"""What code that was interrupted may still use or wait before it is killed."""

_CRASHES = (-signal.SIGABRT, -signal.SIGSEGV)  # of a library that does not get the memory that it needs
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """What is ``left`` of the ``whole`` time that ``who``, the subject of a sentence, has."""

    left: Time
    whole: Time
    who: str

    def exhausted(self, cell: int) -> CallTimedOut | None:
        """Return why a cell is not run, if nothing is left for it."""
        if self.left.cpu_s <= 0:
            return CallTimedOut(messages.cell_out_of_time(cell, self._cpu))
        if self.left.idle_s <= 0:
            return CallWaited(messages.cell_out_of_waiting(cell, self._idle))
        return None

    def passed(self, used: Time, where: str, frames: tuple[Frame, ...]) -> CallTimedOut:
        """Return the fault of code that used more than what was left."""
        if used.cpu_s > self.left.cpu_s:
            return CallTimedOut(messages.too_slow(self._cpu, where), frames)
        return CallWaited(messages.waited_too_long(self._idle, where), frames)

    @property
    def _cpu(self) -> str:
        return messages.processor_time(self.whole.cpu_s, self.who)

    @property
    def _idle(self) -> str:
        return messages.waiting_time(self.whole.idle_s, self.who)


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """Something that the kernel does, with its bounds and the end of its process."""

    task: asyncio.Task[Any]
    bounds: asyncio.Task[StudentFault]
    end: asyncio.Task[None]

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        """The tasks, to be cancelled together."""
        return self.task, self.bounds, self.end

    @property
    def over(self) -> bool:
        """Whether the work, a bound or the process has come to its end."""
        return any(task.done() for task in self.tasks)


class Supervisor:
    """Lets one kernel work, and stops it in between.

    ``beat`` is called again and again while it works. ``used`` is the time that the last piece of work took; ``dead``
    is set once the kernel cannot be used any more.
    """

    def __init__(
        self,
        provisioner: SandboxProvisioner,
        watchdog: Watchdog,
        clock: Clock,
        limits: Limits,
        beat: Callable[[], None],
    ) -> None:
        self.watchdog = watchdog
        self.used = Time()
        self.dead = False
        self._provisioner = provisioner
        self._clock = clock
        self._limits = limits
        self._beat = beat
        self._deaths = 0

    async def do(self, work: Coroutine[Any, Any, _T], limit: TimeLimit) -> _T:
        """Return what ``work`` returns, or raise why it did not: the time, a bound, the end."""
        self.used = Time()
        if self.dead:
            work.close()
            raise KernelDied(messages.ENDED_BEFORE_CALL)
        loop, began = asyncio.get_running_loop(), self._clock.look()
        self._deaths = machine.times_out_of_memory()
        await self._provisioner.resume()
        watched = _Watched(
            loop.create_task(work),
            loop.create_task(self.watchdog.watch()),
            loop.create_task(self._provisioner.gone()),
        )
        try:
            await self._wait(watched, began + limit.left)
            if watched.task.done():
                return watched.task.result()  # type: ignore[no-any-return]
            raise await self._stopped(watched, began, limit)
        finally:
            self.used = self._clock.look() - began
            await cancel(watched.tasks)
            # Nobody watches between calls, so nothing moves: no thread left behind burns time or sends anything.
            await self._provisioner.pause()

    def refused_by_machine(self) -> bool:
        """Return whether memory that the kernel did not get may have been the machine's to refuse."""
        return machine.withholds_memory(self.watchdog.room_mb())

    async def death(self) -> StudentFault:
        """Return why the process ended by itself.

        Raises KernelError when that was no doing of its code.
        """
        self.dead = True
        code = await self._provisioner.poll()
        if self._provisioner.orphaned:
            raise KernelError(messages.ZYGOTE_ENDED)
        group = self._provisioner.group
        if (group is not None and group.ran_out_of_memory()) or (code in _CRASHES and self.watchdog.full()):
            return CallOutOfMemory(self._too_much_memory)
        # The first process of a namespace does not hear the soft limit; the hard one, seconds later, kills it.
        bound = self._limits.process_cpu_s
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and self._provisioner.cpu_s >= bound):
            return CallTimedOut(messages.too_much_processor_time(bound))
        if code == -signal.SIGKILL and machine.times_out_of_memory() > self._deaths:
            raise MachineMemoryError(messages.ENDED_BY_MACHINE_MEMORY)
        return ended(code)

    async def _wait(self, watched: _Watched, until: Time) -> None:
        """Wait until something is over or the kernel's clock stands at ``until``."""
        while not watched.over and not self._clock.look().exceeds(until):
            # Looks at even intervals could be met by code that runs at these moments only.
            pause = _INTERVAL_S * random.uniform(0.5, 1.5)  # noqa: S311 - no secret, only uneven
            await asyncio.wait(watched.tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            self._beat()

    async def _stopped(self, watched: _Watched, began: Time, limit: TimeLimit) -> StudentFault:
        """Return why the work did not end by itself, after seeing to it that it ends."""
        if watched.end.done():
            return await self.death()
        if watched.bounds.done():
            await self._kill()
            return watched.bounds.result()
        full = self.watchdog.full()  # now, as an interrupt may free what fills it
        now = self._clock.look()
        await self._provisioner.send_signal(signal.SIGINT)
        await self._wait(watched, now + GRACE)
        frames = _place_interrupted(watched.task) if watched.task.done() else ()
        if not watched.task.done():
            await self._kill()
        where = messages.interrupted_at(frames[-1].place) if frames else ""
        if full:
            return CallOutOfMemory(f"{self._too_much_memory}{where}", frames)
        return limit.passed(now - began, where, frames)

    async def _kill(self) -> None:
        self.dead = True
        await self._provisioner.kill()
        await self._provisioner.gone()

    @property
    def _too_much_memory(self) -> str:
        return messages.too_much_memory(self._limits.memory_mb)


def ended(code: int | None) -> KernelDied:
    """Return the fault of code that ended its process, by a code or, if negative, a signal."""
    return KernelDied(messages.ended_by_signal(-code) if code and code < 0 else messages.ended_by_exit(code))


async def cancel(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    """Cancel tasks and wait until they have ended."""
    left = [task for task in tasks if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _place_interrupted(task: asyncio.Task[Any]) -> tuple[Frame, ...]:
    """Return where an interrupted call or cell was, if it says so."""
    if task.exception() is not None:
        return ()
    result = task.result()
    if isinstance(result, StudentFault):
        return result.frames
    try:
        codec.decode_reply(result or [b""], "")
    except StudentFault as fault:
        return fault.frames
    return ()
