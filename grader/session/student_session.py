"""A student's live kernels: forked for a call, replaced when the code breaks one."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.errors import (
    BadAnswer,
    CallRaised,
    CallWaited,
    FunctionUnavailable,
    MachineMemoryError,
    StudentFault,
)
from grader.kernel.messages import ONE_CALL
from grader.kernel.processor_clock import Time
from grader.kernel_config import Limits
from grader.session import messages
from grader.session.answer_source import Question
from grader.session.bounded_cache import BoundedCache, size
from grader.session.call_limits import Cost, Need, need
from grader.session.lost_calls import MAX_KERNEL_DEATHS, LostCalls
from grader.session.time_budget import TimeBudget
from grader.value import Value

if TYPE_CHECKING:
    from grader.extract import Extraction
    from grader.kernel import Kernel, KernelPool
    from grader.submission import SupportingFile

log = logging.getLogger(__name__)

EXCESS_MB = 256
"""How much larger than twice the reference's all answers to one check may be.

They are held until its verdict.
"""

HARMLESS = (CallRaised, BadAnswer, FunctionUnavailable)
"""After these a kernel that lives is as good as before; after others it is replaced."""


Costs = Callable[..., "Cost | None"]
"""Tells what the reference needs for a call, as ReferenceAnswers.cost does."""


@dataclass(frozen=True, slots=True)
class LoadedKernel:
    """One kernel with some exercises' code in it.

    It knows what went wrong while that ran, and the answers so far.
    """

    kernel: Kernel
    exercises: frozenset[str]
    faults: Mapping[int, StudentFault]
    answers: BoundedCache[str]
    end: contextlib.ExitStack


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call that is asked for, its digest and limits, and what became of earlier ones."""

    call: Question
    hidden: bool
    again: bool
    key: str
    need: Need
    lost: LostCalls


class StudentSession:
    """Call a student's functions on any model.

    A context manager that ends the kernels it started. Every model has its own fork, every exercise too where one
    alters what is provided, and a kernel that has seen a hidden input never answers a visible check: as visible checks
    come first, that costs no fork. A call that a limit or the end of its process ended is not made again, and after
    several the function is not called any more. A fault of one exercise leaves the others as they were. What a call may
    use follows from what the reference needs for it (``costs``). ``files`` lie beside the code in every kernel. The
    first call, or start of a kernel, that the clock or the machine's memory ended is tried once more while no other
    kernel works: that is no fault of the student's, if it was one of the load.
    """

    def __init__(
        self,
        pool: Callable[[], KernelPool],
        extraction: Extraction,
        limits: Limits,
        costs: Costs = lambda question, **how: None,
        files: Sequence[SupportingFile] = (),
    ) -> None:
        self.exercises = frozenset(extraction.functions)
        self._pool = pool
        self._extraction = extraction
        self._limits = limits
        self._kernels: dict[str, LoadedKernel] = {}
        self._knows_hidden: set[str] = set()
        self._given_up: dict[str, StudentFault] = {}
        self._lost: dict[str, LostCalls] = {}
        self._left_out: dict[int, StudentFault] = {}
        self._costs = costs
        self._files = files
        self._raised: dict[str, Limits] = {}
        self._budgets: dict[tuple[str, str], TimeBudget] = {}
        self._repeated = False
        self.excess = 0

    def __enter__(self) -> StudentSession:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for model in list(self._kernels):
            self._leave(model)

    def begin_check(self) -> None:
        """Count anew by how many bytes (``excess``) answers exceed the reference's."""
        self.excess = 0

    def call(self, question: Question, *, hidden: bool = False, again: bool = True, keep: bool = True) -> Value:
        """Return what the student's function answers.

        Raises the StudentFault that happened instead. With ``again`` off, the answer that the same kernel gave to the
        same call before will do. Without ``keep`` what the reference needs for it is not kept for others who ask the
        same. Raises MachineMemoryError when the machine has not the memory for it.
        """
        name = question.name
        function = self._extraction.functions[name]
        if function.status is not None:
            raise FunctionUnavailable(function.message, function.status)
        self._refuse_if_given_up(name)
        key, lost = question.key(question.model), self._lost.setdefault(name, LostCalls())
        lost.refuse(key)
        cost = self._costs(question, keep=keep)
        asked = _Asked(question, hidden, again, key, need(self._limits, cost), lost)
        budget = self._budgets.setdefault((question.model, name), TimeBudget(self._limits))
        budget.refuse_if_used_up(cost)
        answer = self._twice(asked, budget)
        self.excess += max(0, size(answer) - 2 * (cost.answer_bytes if cost else 0))
        if self.excess > EXCESS_MB << 20:
            raise BadAnswer(messages.TOO_LARGE_ANSWER)
        return answer

    def _twice(self, asked: _Asked, budget: TimeBudget) -> Value:
        """Make a call once more, and alone, if the clock or want of memory ended it."""
        try:
            return self._once(asked, budget)
        except (CallWaited, MachineMemoryError) as error:
            if self._repeated:
                raise
            log.info("trying once more while nothing else runs: %s", error)
        self._repeated = True
        with self._pool().alone():
            return self._once(asked, budget)

    def _once(self, asked: _Asked, budget: TimeBudget) -> Value:
        loaded = self._kernel_for(asked)
        self._refuse_if_given_up(asked.call.name)
        if asked.again or asked.key not in loaded.answers:
            try:
                loaded.answers[asked.key] = self._call_in_kernel(loaded, asked)
            finally:
                budget.spend(loaded.kernel.used)
        return loaded.answers[asked.key]

    def _call_in_kernel(self, loaded: LoadedKernel, asked: _Asked) -> Value:
        (model, name, args, kwargs), lost = asked.call, asked.lost
        limit = lost.limit(Time(asked.need.cpu_s, self._limits.idle_s))
        who = messages.CALL_AFTER_LOST_ONE if lost.some_timed_out else ONE_CALL
        try:
            answer = loaded.kernel.call(name, args, kwargs, cpu_s=limit.cpu_s, idle_s=limit.idle_s, who=who)
            lost.count_answer(loaded.kernel.used)
            return answer
        except (CallRaised, FunctionUnavailable) as fault:
            raise self._cause(loaded, name, fault) from None
        except MachineMemoryError:
            self._leave(model)
            raise
        except StudentFault as fault:
            died = not loaded.kernel.alive
            if isinstance(fault, BadAnswer) and not died:
                raise
            self._leave(model)
            if isinstance(fault, CallWaited) and not self._repeated:
                raise
            fault = asked.need.explained(fault)
            lost.add(asked.key, fault, limit, kernel_died=died)
            raise fault from None
        finally:
            if not loaded.kernel.alive:
                self._leave(model)

    def _cause(self, loaded: LoadedKernel, name: str, fault: CallRaised | FunctionUnavailable) -> StudentFault:
        """Return what went wrong in the student's cells if that is why a name is missing."""
        missing = name
        if isinstance(fault, CallRaised):
            found = re.search(r"name '(\w+)' is not defined", fault.evalue) if fault.ename == "NameError" else None
            if found is None:
                return fault
            missing = found[1]
        for index, earlier in sorted(loaded.faults.items()):
            segment = self._extraction.segments[index]
            if name in segment.exercises and re.search(rf"\b{re.escape(missing)}\b", segment.source):
                return earlier
        if isinstance(fault, FunctionUnavailable) and (message := self._extraction.functions[name].if_missing):
            return FunctionUnavailable(message, fault.status)
        return fault

    def _refuse_if_given_up(self, name: str) -> None:
        if fault := self._given_up.get(name):
            raise fault.with_traceback(None)

    def _kernel_for(self, asked: _Asked) -> LoadedKernel:
        model, answers = asked.call.model, BoundedCache[str]()
        if model in self._knows_hidden and not asked.hidden:
            self._leave(model)
        if model in self._kernels and asked.call.name not in self._kernels[model].exercises:
            self._leave(model)
        if model in self._kernels and not asked.need.fits(self._kernels[model].kernel.limits):
            answers = self._kernels[model].answers  # still good: nothing is wrong with that kernel but its size
            self._leave(model)
        while model not in self._kernels:
            for other in list(self._kernels):  # checks are in order, so nobody comes back to it
                self._leave(other)
            self._kernels[model] = self._load_kernel(asked, answers)
            if self._give_up_on_fatal(self._kernels[model]):
                self._leave(model)
        if asked.hidden:
            self._knows_hidden.add(model)
        return self._kernels[model]

    def _load_kernel(self, asked: _Asked, answers: BoundedCache[str]) -> LoadedKernel:
        """Fork a kernel, with answers that it has already, and run what is needed.

        That is what exercises need that have not been given up; if each has its own kernels, the one that is called.
        """
        meant = frozenset({asked.call.name}) if self._extraction.separate_kernels else self.exercises
        wanted = meant - self._given_up.keys() - {n for n, lost in self._lost.items() if lost.too_many}
        indices = [i for i, s in enumerate(self._extraction.segments) if s.exercises & wanted and not self._omits(i)]
        limits = self._raised[asked.call.model] = asked.need.raised(self._raised.get(asked.call.model, self._limits))
        with contextlib.ExitStack() as stack:
            kernel = stack.enter_context(
                self._pool().kernel(asked.call.model, role="student", limits=limits, files=self._files)
            )
            # Cells may call what the exercises call, so they may use as much.
            segments = [self._extraction.segments[i] for i in indices]
            faults = kernel.run(segments, cpu_s=max(limits.setup_s, asked.need.cpu_s))
            waited = next((f for f in faults.values() if isinstance(f, CallWaited)), None)
            if waited and not self._repeated:
                raise waited
            known = self._left_out | {indices[i]: fault for i, fault in faults.items()}
            return LoadedKernel(kernel, meant, known, answers, stack.pop_all())

    def _omits(self, index: int) -> bool:
        """Tell whether a segment is left out.

        It broke the kernel and may not be needed, or too many of those did.
        """
        segment = self._extraction.segments[index]
        too_many = len(self._left_out) >= MAX_KERNEL_DEATHS and index > max(self._left_out)
        return index in self._left_out or (too_many and segment.exercises == segment.optional)

    def _give_up_on_fatal(self, loaded: LoadedKernel) -> bool:
        """Give up the exercises whose cells ran into a deadline or broke the kernel.

        Return whether there were any. Only the first such segment counts: those after it found the kernel broken. One
        that an exercise may not need is left out for it from now on.
        """
        faults = {i: f for i, f in loaded.faults.items() if i not in self._left_out and not isinstance(f, HARMLESS)}
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
        if loaded := self._kernels.pop(model, None):
            loaded.end.close()
