"""The reference's answers: from the store where it has them, else from a kernel of the reference."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.assignment import Assignment
from grader.errors import CallRaised, FunctionUnavailable, KernelError, StudentFault
from grader.extract import Segment
from grader.student import store
from grader.value import Value

if TYPE_CHECKING:
    from grader.kernel import Kernel, KernelPool

MISCONCEPTIONS = "misconceptions.py"
BOTH = "both"
"""The bank's function that answers as two mistakes at once; a name that no exercise is likely to have."""

PATIENCE_S = 120.0
"""Wall seconds for one answer of the reference: its code is ours, and the student's deadline says nothing about it."""


class ReferenceAnswers:
    """Call functions of the solution and of a file beside it; a context manager that ends its kernels.

    ``file`` is the misconceptions', whose functions are the wrong variants; it runs when the solution lacks a function.
    A call may take ``patience_s`` seconds. A kernel is started when an answer is not in the store. Two answers share a
    place there only if the model's weights, the libraries' versions, all files of the assignment, the function and the
    arguments are the same.
    """

    def __init__(
        self,
        pool: Callable[[], KernelPool],
        assignment: Assignment,
        answers: store.AnswerStore,
        *,
        file: str = MISCONCEPTIONS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._pool = pool
        self._assignment = assignment
        self._store = answers
        self._file = file
        self._patience_s = patience_s
        self._known: dict[str, Value] = {}
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
        """Return the answer of a function; raises the StudentFault that the reference's own code made instead.

        Without ``keep`` an answer that has to be computed does not go to the store.
        """
        hello = self._pool().hello
        made_with = [hello["models"][model], hello["python"], hello["torch"], hello["transformer_lens"]]
        key = store.key(self._assignment.digest, self._file, *made_with, name, args, kwargs)
        if key not in self._known:
            try:
                self._known[key] = self._store.get(key)
            except KeyError:
                self._known[key] = self._ask(model, name, args, kwargs)
                if keep:
                    self._store.put(key, self._known[key])
        answer = self._known[key]
        if "raised" in answer:
            raise CallRaised(*answer["raised"])
        return answer["value"]

    def variant(
        self, model: str, id: str, args: tuple[Value, ...], kwargs: dict[str, Value], *, keep: bool = True
    ) -> Value:
        """Return what a misconception, or a pair of them ("a+b"), answers; raises KeyError when it has no answer."""
        first, _, second = id.partition("+")
        name, given = (BOTH, (first, second, *args)) if second else (first, args)
        try:
            return self.call(model, name, given, kwargs, keep=keep)
        except StudentFault as fault:
            raise KeyError(id) from fault

    def _ask(self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> dict[str, Any]:
        """Return ``value`` or, for code that raised (some wrong variants do, on some inputs), its name and text."""
        kernel = self._kernel(model)
        try:
            try:
                value = kernel.call(name, args, kwargs, cpu_s=self._patience_s)
            except FunctionUnavailable:  # running the file takes longer than most calls, and many need nothing of it
                if not self._run_file(kernel):
                    raise
                value = kernel.call(name, args, kwargs, cpu_s=self._patience_s)
            return {"value": value}
        except CallRaised as fault:
            return {"raised": [fault.ename, fault.evalue]}
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
