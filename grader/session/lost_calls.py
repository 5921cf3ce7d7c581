"""Calls of one function that did not end by themselves, and limits of those after them."""

from __future__ import annotations

from grader.errors import CallOutOfMemory, CallTimedOut, CallWaited, KernelDied, StudentFault
from grader.kernel.processor_clock import Time
from grader.session import messages

MAX_LOST_CALLS = 4
"""How many calls of one function may be lost before it is not called any more."""

MAX_KERNEL_DEATHS = 2
"""How many of these may have broken their kernel."""

_LEAST_S = 1.0
_SHARE = 0.1
_TIMES_SLOWEST = 3


class LostCalls:
    """Remembers the calls of one function that were ended by a limit or with their process.

    The same call is not made again. Other inputs are still tried, with less time: so a function that never ends costs
    little more than one limit in all.
    """

    def __init__(self) -> None:
        self._faults: dict[str, StudentFault] = {}
        self._first_limit = Time()
        self._deaths = 0
        self._slowest = Time()

    @property
    def too_many(self) -> bool:
        """Whether the function is not to be called any more."""
        return len(self._faults) >= MAX_LOST_CALLS or self._deaths >= MAX_KERNEL_DEATHS

    @property
    def some_timed_out(self) -> bool:
        """Whether a call may use less than its limits because of an earlier one."""
        return any(isinstance(fault, CallTimedOut) for fault in self._faults.values())

    def refuse(self, key: str) -> None:
        """Raise the fault that ended this very call before, or one that says why none is made."""
        if fault := self._faults.get(key):
            raise fault.with_traceback(None)
        if self.too_many:
            raise self._fault_of_all()

    def limit(self, whole: Time) -> Time:
        """Return what a call may use of its ``whole`` limit.

        After one that timed out that is a tenth, or three times what the slowest answer took, or a second, whichever is
        most: this tells a slow function from one that never ends, on a busy machine too.
        """
        if not self.some_timed_out:
            return whole
        return Time(_reduced(whole.cpu_s, self._slowest.cpu_s), _reduced(whole.idle_s, self._slowest.idle_s))

    def count_answer(self, used: Time) -> None:
        """Take note of the time that a call used which was answered."""
        self._slowest = Time(max(self._slowest.cpu_s, used.cpu_s), max(self._slowest.idle_s, used.idle_s))

    def add(self, key: str, fault: StudentFault, limit: Time, *, kernel_died: bool) -> None:
        """Take note of a call that was lost, of its limit, and whether its kernel is lost too."""
        if not self._faults:
            self._first_limit = limit
        self._faults[key] = fault
        self._deaths += kernel_died

    def _fault_of_all(self) -> StudentFault:
        first, *others = self._faults.values()
        match first:
            case CallWaited():
                did = messages.waited(self._first_limit.idle_s)
            case CallTimedOut():
                did = messages.time_used_up(self._first_limit.cpu_s)
            case CallOutOfMemory():
                did = messages.MEMORY_PASSED
            case KernelDied():
                did = messages.PROCESS_ENDED
            case _:
                did = messages.SENT_TOO_MUCH
        return type(first)(messages.not_called_again(did, len(others)))


def _reduced(whole: float, slowest: float) -> float:
    return min(whole, max(_LEAST_S, _SHARE * whole, _TIMES_SLOWEST * slowest))
