"""Reference answers computed in reference kernels."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader import machine
from grader.assignment import Assignment
from grader.errors import CallRaised, FunctionUnavailable, KernelError
from grader.extract import Segment
from grader.session import messages
from grader.session.answer_source import Answer, Question
from grader.value import Unpackable

if TYPE_CHECKING:
    from grader.kernel import Kernel, KernelPool


class ComputedAnswers:
    """Call functions of the solution and of a file beside it.

    ``file`` runs when the solution lacks a function. A call may use ``patience_s`` of processor time. Kernels are
    started when they are needed.
    """

    def __init__(self, pool: Callable[[], KernelPool], assignment: Assignment, *, file: str, patience_s: float) -> None:
        self.file = file
        self._pool = pool
        self._assignment = assignment
        self._patience_s = patience_s
        self._kernels: dict[str, Kernel] = {}
        self._with_file: set[Kernel] = set()
        self._end = contextlib.ExitStack()

    def close(self) -> None:
        """End the kernels."""
        self._end.close()

    def circumstances(self, model: str) -> list[str]:
        """Return what decides answers beside the call: files, weights, versions of libraries."""
        info = self._pool().info
        return [self._assignment.digest, self.file, info.models[model], info.python, *info.packages.values()]

    def answer(self, question: Question) -> Answer:
        """Compute an answer and measure what it takes; raises as :class:`AnswerSource` says."""
        kernel = self._kernel(question.model)
        call = (question.name, question.args, question.kwargs)
        try:
            try:
                value = kernel.call(*call, cpu_s=self._patience_s)
            except FunctionUnavailable:  # running the file takes longer than most calls, and many need nothing of it
                if not self._run_file(kernel):
                    raise
                value = kernel.call(*call, cpu_s=self._patience_s)
            value = value.parts if isinstance(value, Unpackable) else value
            return Answer(value, costs={machine.identity(): (kernel.used.cpu_s, kernel.peak_mb)})
        except CallRaised as fault:
            return Answer(None, (fault.ename, fault.evalue), {machine.identity(): (0.0, 0.0)})
        finally:
            if not kernel.alive:
                del self._kernels[question.model]

    def _run_file(self, kernel: Kernel) -> bool:
        """Run the file beside the solution in a kernel; return whether that was still to be done."""
        file = self._assignment.root / self.file
        if kernel in self._with_file or not file.is_file():
            return False
        segment = Segment(1, file.read_text(encoding="utf-8"), frozenset())
        for fault in kernel.run([segment]).values():
            raise KernelError(messages.reference_not_run(file, fault.sentence))
        self._with_file.add(kernel)
        return True

    def _kernel(self, model: str) -> Kernel:
        if model not in self._kernels:
            self._kernels[model] = self._end.enter_context(self._pool().kernel(model, role="reference"))
        return self._kernels[model]
