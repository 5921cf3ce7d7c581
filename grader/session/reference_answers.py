"""Reference answers: from the store on disk, or computed in a reference kernel."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader import machine
from grader.assignment import Assignment
from grader.errors import CallRaised, FunctionUnavailable, KernelError, MachineMemoryError, StudentFault
from grader.extract import Segment
from grader.session import answer_store
from grader.session.bounded_cache import BoundedCache
from grader.session.call_limits import Cost
from grader.value import Unpackable, Value
from grader.value_codec import encode

if TYPE_CHECKING:
    from grader.kernel import Kernel, KernelPool

log = logging.getLogger(__name__)

MISCONCEPTIONS = "misconceptions.py"
BOTH = "both"
"""The function in that file that answers as two mistakes at once; a name that no exercise is likely to have."""

PATIENCE_S = 600.0
"""Processor time for one answer of the reference: its code is ours, and students' limits follow from what it takes."""

_KNOWN_MB = 512  # beside the store: arguments, and so answers, may come out of a student's answer
_MACHINES = 16  # whose costs stand beside one answer


class NoAnswer(KeyError):  # noqa: N818 - some mistakes have none to some arguments, and that is no error
    """A mistake has no answer to these arguments."""


class ReferenceAnswers:
    """Call functions of the solution and of a file beside it.

    A context manager that ends its kernels. ``file`` is the misconceptions', whose functions are the wrong variants; it
    runs when the solution lacks a function. A call may use ``patience_s`` of processor time. A kernel is started when
    an answer is not in the store. Two answers share a place there only if the model's weights, the libraries' versions,
    all files of the assignment, the function and the arguments are the same. What each cost stands beside it, by
    machine.
    """

    def __init__(
        self,
        pool: Callable[[], KernelPool],
        assignment: Assignment,
        answers: answer_store.AnswerStore,
        *,
        file: str = MISCONCEPTIONS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._pool = pool
        self._assignment = assignment
        self._store = answers
        self._file = file
        self._patience_s = patience_s
        self._known = BoundedCache[str](_KNOWN_MB)
        self._failed: dict[str, StudentFault] = {}
        self._kernels: dict[str, Kernel] = {}
        self._with_file: set[Kernel] = set()
        self._end = contextlib.ExitStack()

    def __enter__(self) -> ReferenceAnswers:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end.close()

    def call(
        self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value], *, keep: bool = True
    ) -> Value:
        """Return the answer of a function.

        Raises the StudentFault that the reference's own code made instead. Without ``keep`` an answer that has to be
        computed does not go to the store.
        """
        answer = self._answer(model, name, args, kwargs, keep=keep)
        if "raised" in answer:
            raise CallRaised(*answer["raised"])
        return answer["value"]

    def cost(
        self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value], *, keep: bool = True
    ) -> Cost | None:
        """Return what an answer costs on this machine, asking for it if need be.

        None when there is none. Raises MachineMemoryError when the machine had not the memory to find out.
        """
        try:
            answer = self._answer(model, name, args, kwargs, keep=keep, measured=True)
        except MachineMemoryError:
            raise  # what it costs would be known if the machine had more
        except (StudentFault, KernelError) as error:
            log.debug("what %s costs is not known: %s", name, error)
            return None
        if "raised" in answer:
            return None
        cpu_s, memory_mb = _costs(answer)[machine.identity()]
        return Cost(cpu_s, memory_mb, sum(map(len, encode(answer["value"], opaque=True)[1])))

    def variant(
        self, model: str, id: str, args: tuple[Value, ...], kwargs: dict[str, Value], *, keep: bool = True
    ) -> Value:
        """Return what a misconception, or a pair of them ("a+b"), answers.

        Raises NoAnswer when its code raises on these arguments, KernelError when it does not answer otherwise.
        """
        first, _, second = id.partition("+")
        name, given = (BOTH, (first, second, *args)) if second else (first, args)
        try:
            return self.call(model, name, given, kwargs, keep=keep)
        except CallRaised as fault:
            raise NoAnswer(id) from fault
        except StudentFault as fault:
            raise KernelError(f"the mistake {id} did not answer: {fault.sentence}") from fault

    def _answer(
        self,
        model: str,
        name: str,
        args: tuple[Value, ...],
        kwargs: dict[str, Value],
        *,
        keep: bool,
        measured: bool = False,
    ) -> dict[str, Any]:
        """Return an answer as it is stored.

        ``measured`` demands that its cost on this machine stands beside it.
        """
        info = self._pool().info
        made_with = [info.models[model], info.python, *info.packages.values()]
        key = answer_store.key(self._assignment.digest, self._file, *made_with, name, args, kwargs)
        if fault := self._failed.get(key):
            raise fault.with_traceback(None)
        if key not in self._known:
            with contextlib.suppress(KeyError):
                self._known[key] = self._store.get(key)
        before = self._known.get(key, {})
        if not before or (measured and machine.identity() not in _costs(before)):
            try:
                asked = self._ask(model, name, args, kwargs)
            except StudentFault as fault:
                self._failed[key] = fault
                raise
            # What was answered before stays: on another machine the last digits may be others.
            costs = dict([*_costs(before).items(), *_costs(asked).items()][-_MACHINES:])
            self._known[key] = asked | before | {"costs": costs}
            if keep:
                self._store.put(key, self._known[key])
        known: dict[str, Any] = self._known[key]
        return known

    def _ask(self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> dict[str, Any]:
        """Return ``value`` or, for code that raised (some wrong variants do, on some inputs), its name and text.

        ``costs`` holds, by machine, the processor time and the memory that it took: both are measured from outside.
        """
        kernel = self._kernel(model)
        try:
            try:
                value = kernel.call(name, args, kwargs, cpu_s=self._patience_s)
            except FunctionUnavailable:  # running the file takes longer than most calls, and many need nothing of it
                if not self._run_file(kernel):
                    raise
                value = kernel.call(name, args, kwargs, cpu_s=self._patience_s)
            value = value.parts if isinstance(value, Unpackable) else value
            return {"value": value, "costs": {machine.identity(): [kernel.used.cpu_s, kernel.peak_mb]}}
        except CallRaised as fault:
            return {"raised": [fault.ename, fault.evalue], "costs": {machine.identity(): [0.0, 0.0]}}
        finally:
            if not kernel.alive:
                del self._kernels[model]

    def _run_file(self, kernel: Kernel) -> bool:
        """Run the file beside the solution in a kernel; return whether that was still to be done."""
        file = self._assignment.root / self._file
        if kernel in self._with_file or not file.is_file():
            return False
        segment = Segment(1, file.read_text(encoding="utf-8"), frozenset())
        for fault in kernel.run([segment]).values():
            raise KernelError(f"{file} did not run: {fault.sentence}")
        self._with_file.add(kernel)
        return True

    def _kernel(self, model: str) -> Kernel:
        if model not in self._kernels:
            self._kernels[model] = self._end.enter_context(self._pool().kernel(model, role="reference"))
        return self._kernels[model]


def _costs(answer: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return processor time and memory by machine, as far as they stand beside an answer."""
    found = answer.get("costs")
    stored = found.items() if isinstance(found, dict) else ()
    return {
        name: (float(cost[0]), float(cost[1]))
        for name, cost in stored
        if isinstance(cost, list | tuple)
        and len(cost) == 2
        and all(isinstance(x, int | float) and x >= 0 for x in cost)
    }
