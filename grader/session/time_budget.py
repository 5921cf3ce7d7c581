"""The time that all calls of one function on one model may use together."""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import CallTimedOut
from grader.kernel.processor_clock import Time
from grader.kernel.supervisor import GRACE
from grader.kernel_config import Limits
from grader.session import messages
from grader.session.call_limits import TIMES_TIME, Cost

TIMES_IDLE = 3
"""How many calls may wait for as long as one may."""


@dataclass(slots=True)
class TimeBudget:
    """What calls used, against the limits or a multiple of what the reference used."""

    limits: Limits
    cpu_s: float = 0.0
    idle_s: float = 0.0
    needed_s: float = 0.0

    def spend(self, used: Time) -> None:
        """Count what a call used."""
        self.cpu_s += used.cpu_s
        self.idle_s += used.idle_s

    def refuse_if_used_up(self, cost: Cost | None) -> None:
        """Count what one more call cost the reference; raises CallTimedOut when nothing is left."""
        self.needed_s += cost.cpu_s if cost else 0.0
        cpu_s = max(self.limits.cpu_s, TIMES_TIME * self.needed_s)
        idle_s = TIMES_IDLE * (self.limits.idle_s + GRACE.idle_s)
        if self.cpu_s > cpu_s:
            raise CallTimedOut(messages.all_time_used_up(cpu_s))
        if self.idle_s > idle_s:
            raise CallTimedOut(messages.all_waited(idle_s))
