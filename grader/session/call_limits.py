"""Limits of one call: the assignment's, or a multiple of the reference's need."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from grader.errors import CallOutOfMemory, CallTimedOut, CallWaited, StudentFault
from grader.kernel_config import Limits
from grader.session import messages

TIMES_TIME = 20
TIMES_MEMORY = 3
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What the reference used for one answer here: processor time, memory, the answer's size."""

    cpu_s: float
    memory_mb: float
    answer_bytes: int


@dataclass(frozen=True, slots=True)
class Need:
    """What one call may use, and what the reference used for it, None if it has no answer."""

    cpu_s: float
    memory_mb: int
    result_mb: int
    cost: Cost | None

    def fits(self, limits: Limits) -> bool:
        """Return whether a kernel with such limits has the memory for it."""
        return self.memory_mb <= limits.memory_mb and self.result_mb <= limits.result_mb

    def raised(self, limits: Limits) -> Limits:
        """Return limits that it fits, in steps of twice as much, so that few kernels are replaced."""
        memory_mb, result_mb = limits.memory_mb, limits.result_mb
        while memory_mb < self.memory_mb:
            memory_mb *= 2
        while result_mb < self.result_mb:
            result_mb *= 2
        return replace(limits, memory_mb=memory_mb, result_mb=result_mb, cpu_s=max(limits.cpu_s, self.cpu_s))

    def explained(self, fault: StudentFault) -> StudentFault:
        """Return a fault of a limit that follows from the reference, saying what that used."""
        if self.cost is None:
            return fault
        match fault:
            case CallWaited():
                return fault
            case CallTimedOut():
                used = f"{self.cost.cpu_s:.2g} s"
            case CallOutOfMemory():
                used = f"{max(1, math.ceil(self.cost.memory_mb))} MB"
            case _:
                return fault
        return type(fault)(messages.reference_needs(fault.sentence, used), fault.frames)


def need(limits: Limits, cost: Cost | None) -> Need:
    """Return what a call may use whose answer cost the reference so much."""
    if cost is None:
        return Need(limits.call_s, limits.memory_mb, limits.result_mb, None)
    return Need(
        max(limits.call_s, TIMES_TIME * cost.cpu_s),
        max(limits.memory_mb, math.ceil(TIMES_MEMORY * cost.memory_mb)),
        max(limits.result_mb, math.ceil(TIMES_MEMORY * cost.answer_bytes / _MB)),
        cost,
    )
