"""The bench: a student's kernels, forked when they are needed and replaced when the student's code breaks them."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.assignment import Limits
from grader.errors import BadAnswer, CallRaised, CallTimedOut, FunctionUnavailable, StudentFault
from grader.student.store import pack
from grader.value import Value

if TYPE_CHECKING:
    from grader.extract import Extraction
    from grader.kernel import Kernel, KernelPool

LOSSES = 2
"""How many kernels one exercise may break before it is not called any more."""

HARMLESS = (CallRaised, BadAnswer, FunctionUnavailable)
"""After these a kernel that lives is as good as before; after anything else it is replaced."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """One kernel with the student's code in it, what went wrong while that code ran, and the answers so far."""

    kernel: Kernel
    faults: Mapping[int, StudentFault]
    answers: dict[str, Value]
    end: contextlib.ExitStack


class Bench:
    """Call a student's functions on any model; a context manager that ends the kernels it started.

    Every model has its own fork, and a kernel that has seen a hidden input never answers a visible check: as visible
    checks come first, that costs no fork. An exercise that ran into its deadline once is not called again: it fails at
    once with the same fault. A fault of one exercise leaves the others as they were. All calls on a model have twice
    its kernel's setup and processor time together, on the clock: whoever sleeps cannot make grading take for ever.
    """

    def __init__(self, pool: Callable[[], KernelPool], extraction: Extraction, limits: Limits) -> None:
        self.exercises = frozenset(extraction.functions)
        self._pool = pool
        self._extraction = extraction
        self._limits = limits
        self._seats: dict[str, _Seat] = {}
        self._knows_hidden: set[str] = set()
        self._given_up: dict[str, StudentFault] = {}
        self._losses: dict[str, int] = {}
        self._left_out: dict[int, StudentFault] = {}
        self._spent: dict[str, float] = {}

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for model in list(self._seats):
            self._leave(model)

    def call(
        self,
        model: str,
        name: str,
        args: tuple[Value, ...],
        kwargs: dict[str, Value],
        *,
        hidden: bool = False,
        again: bool = True,
    ) -> Value:
        """Return what the student's function answers; raises the StudentFault that happened instead.

        With ``again`` off, the answer that the same kernel gave to the same call before will do.
        """
        function = self._extraction.functions[name]
        if function.status is not None:
            raise FunctionUnavailable(function.message, function.status)
        self._refuse_if_given_up(name)
        with self._timing(model):
            seat = self._seat(model, hidden)
            self._refuse_if_given_up(name)
            key = _key(name, args, kwargs)
            if again or key not in seat.answers:
                seat.answers[key] = self._run(seat, model, name, args, kwargs)
        return seat.answers[key]

    @contextlib.contextmanager
    def _timing(self, model: str) -> Iterator[None]:
        """Count the time that a model's kernels take; many calls that each keep their deadline end somewhere too."""
        allowed = 2 * (self._limits.setup_s + self._limits.cpu_s)  # on the clock, of a machine that may be busy
        if self._spent.get(model, 0.0) > allowed:
            raise CallTimedOut(f"Your code took more than the {allowed:g} s that all of its calls have together.")
        began = time.monotonic()
        try:
            yield
        finally:
            self._spent[model] = self._spent.get(model, 0.0) + time.monotonic() - began

    def _run(self, seat: _Seat, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        try:
            return seat.kernel.call(name, args, kwargs, cpu_s=self._limits.call_s)
        except (CallRaised, FunctionUnavailable) as fault:
            raise self._cause(seat, name, fault) from None
        except StudentFault as fault:
            if isinstance(fault, BadAnswer) and seat.kernel.alive:
                raise
            self._leave(model)
            self._losses[name] = self._losses.get(name, 0) + 1
            if isinstance(fault, CallTimedOut) or self._losses[name] == LOSSES:
                self._given_up[name] = fault
            raise
        finally:
            if not seat.kernel.alive:
                self._leave(model)

    def _cause(self, seat: _Seat, name: str, fault: CallRaised | FunctionUnavailable) -> StudentFault:
        """Return what went wrong while the student's cells ran, if that is why a name is not there, else the fault."""
        missing = name
        if isinstance(fault, CallRaised):
            found = re.search(r"name '(\w+)' is not defined", fault.evalue) if fault.ename == "NameError" else None
            if found is None:
                return fault
            missing = found[1]
        for index, earlier in sorted(seat.faults.items()):
            segment = self._extraction.segments[index]
            if name in segment.exercises and re.search(rf"\b{re.escape(missing)}\b", segment.source):
                return earlier
        if isinstance(fault, FunctionUnavailable) and (message := self._extraction.functions[name].if_missing):
            return FunctionUnavailable(message, fault.status)
        return fault

    def _refuse_if_given_up(self, name: str) -> None:
        if fault := self._given_up.get(name):
            raise fault.with_traceback(None)

    def _seat(self, model: str, hidden: bool) -> _Seat:
        if model in self._knows_hidden and not hidden:
            self._leave(model)
        while model not in self._seats:
            for other in list(self._seats):  # checks are in order, so nobody comes back to it
                self._leave(other)
            self._seats[model] = self._sit_down(model)
            if self._give_up_on_fatal(self._seats[model]):
                self._leave(model)
        if hidden:
            self._knows_hidden.add(model)
        return self._seats[model]

    def _sit_down(self, model: str) -> _Seat:
        """Fork a kernel and run what the exercises that have not been given up need."""
        wanted = self.exercises - self._given_up.keys()
        indices = [i for i, s in enumerate(self._extraction.segments) if s.exercises & wanted and not self._omits(i)]
        with contextlib.ExitStack() as stack:
            kernel = stack.enter_context(self._pool().kernel(model, role="student"))
            faults = kernel.run([self._extraction.segments[i] for i in indices])
            known = self._left_out | {indices[i]: fault for i, fault in faults.items()}
            return _Seat(kernel, known, {}, stack.pop_all())

    def _omits(self, index: int) -> bool:
        """Tell whether a segment is left out: it broke the kernel and may not be needed, or too many of those did."""
        segment = self._extraction.segments[index]
        too_many = len(self._left_out) >= LOSSES and index > max(self._left_out)
        return index in self._left_out or (too_many and segment.exercises == segment.optional)

    def _give_up_on_fatal(self, seat: _Seat) -> bool:
        """Give up the exercises whose cells ran into a deadline or broke the kernel; return whether there were any.

        Only the first such segment counts: those after it found the kernel broken. One that an exercise may not need
        is left out for it from now on.
        """
        faults = {i: f for i, f in seat.faults.items() if i not in self._left_out and not isinstance(f, HARMLESS)}
        if not faults:
            return False
        first = min(faults)
        segment = self._extraction.segments[first]
        if segment.optional:
            self._left_out[first] = faults[first]
        for name in segment.exercises - segment.optional:
            self._given_up.setdefault(name, faults[first])
        return True

    def _leave(self, model: str) -> None:
        self._knows_hidden.discard(model)
        if seat := self._seats.pop(model, None):
            seat.end.close()


def _key(name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> str:
    structure, arrays = pack((name, args, kwargs))
    return json.dumps([structure, [a.tobytes().hex() for a in arrays]])
