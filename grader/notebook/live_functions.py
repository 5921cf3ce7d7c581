"""A student's functions in this process, called in the form in which kernels call them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from grader.errors import FunctionUnavailable, KernelError
from grader.kernel import codec
from grader.kernel.inside.call import answer
from grader.kernel_config import Limits
from grader.notebook import messages
from grader.notebook.cell_numbers import execution_count
from grader.notebook.live_model import LiveModel
from grader.result import ExerciseStatus
from grader.session.answer_source import Question
from grader.session.answer_store import key
from grader.session.bounded_cache import BoundedCache
from grader.value import Value


class LiveFunctions:
    """Answer in a student's name by calling functions of this process; an AnsweringSession.

    ``model`` is the notebook's. ``not_attempted`` says of which functions why they count as that. What they print
    appears where the student's own prints do. ``interrupted`` is whether the student stopped one, ``unaffected`` holds
    those that answer the same whatever the model's weights are.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        not_attempted: Mapping[str, str],
        limits: Limits,
        model: LiveModel,
    ) -> None:
        self.exercises = frozenset(functions)
        self.excess = 0
        self.interrupted = False
        self.unaffected: set[str] = set()
        self._functions = functions
        self._not_attempted = not_attempted
        self._most_bytes = limits.result_mb << 20
        self._model = model
        self._answers = BoundedCache[str]()
        self._streams = sys.stdout, sys.stderr

    def begin_check(self) -> None:
        """Do nothing: the memory is the student's own."""

    def call(self, question: Question, *, again: bool = True, **_: bool) -> Value:
        """Return what a function answers; raises the StudentFault that happened instead.

        Raises KeyboardInterrupt when the student interrupts it, and KernelError when the notebook's model was turned
        into another one and the function answers as before: it does not use that model.
        """
        name = question.name
        if name in self._not_attempted:
            raise FunctionUnavailable(self._not_attempted[name], ExerciseStatus.NOT_ATTEMPTED)
        asked = question.key(question.model)
        if again or asked not in self._answers:
            first = self._model.first
            before = None if question.model == first else self.call(question._replace(model=first), again=False)
            with self._model.turned_into(question.model):
                found = self._call_function(name, question.args, question.kwargs)
            if question.model != first and key(found) == key(before):
                self.unaffected.add(name)
                raise KernelError(messages.unaffected(name))
            self._answers[asked] = found
        return self._answers[asked]

    def _call_function(self, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        def function(*args: Any, **kwargs: Any) -> Any:
            try:
                return self._functions[name](*args, **kwargs)
            except KeyboardInterrupt:
                self.interrupted = True
                raise

        given = [bytes(buffer) for buffer in codec.encode_call(args, kwargs)]
        out, err = self._streams
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            reply = answer({name: function}, name, given, self._most_bytes, execution_count)
        if self.interrupted:
            raise KeyboardInterrupt
        return codec.decode_reply(reply, name)
