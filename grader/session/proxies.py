"""``student`` and ``reference`` as checks see them: attributes are functions."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from grader.errors import KernelError, StudentFault
from grader.session import messages
from grader.session.answer_source import Question
from grader.session.reference_answers import ReferenceAnswers
from grader.value import Value


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a student's function that came back with an answer."""

    name: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value]
    answer: Value

    def question(self, model: str) -> Question:
        """Return what was asked, to ask others on a model."""
        return Question(model, self.name, self.args, self.kwargs)


class Answering(Protocol):
    """What answers in a student's name: a session, or whoever takes its place."""

    exercises: frozenset[str]

    def call(self, question: Question, *, hidden: bool = False, again: bool = True, keep: bool = True) -> Value:
        """Return what a function answers, as StudentSession.call does."""


class AnsweringSession(Answering, Protocol):
    """What a grading run needs of a student's session: ``excess`` is as in StudentSession."""

    excess: int

    def begin_check(self) -> None:
        """Count the excess anew."""


class Student:
    """One student's functions on one model.

    ``student.f(x)`` returns a value or raises a StudentFault. A check's first call may be answered as an earlier
    check's same call was, so that several checks can look at one answer; its further calls always run the student's
    code. Calls that were answered are noted in ``calls``. Without ``keep``, nobody else will be asked the same.
    """

    def __init__(self, session: Answering, model: str, *, hidden: bool, calls: list[Call], keep: bool = True) -> None:
        self._session = session
        self._model = model
        self._hidden = hidden
        self._calls = calls
        self._keep = keep

    def __getattr__(self, name: str) -> Callable[..., Value]:
        """Return the student's function.

        Raises AttributeError for what is not an exercise of the assignment.
        """
        if name not in self._session.exercises:
            near = difflib.get_close_matches(name, self._session.exercises, n=1) or sorted(self._session.exercises)
            raise AttributeError(messages.no_exercise(name, near[0]))

        def call(*args: Value, **kwargs: Value) -> Value:
            again = bool(self._calls)
            question = Question(self._model, name, args, kwargs)
            answer = self._session.call(question, hidden=self._hidden, again=again, keep=self._keep)
            self._calls.append(Call(name, args, kwargs, answer))
            return answer

        return call


class Reference:
    """The reference's functions on one model.

    The answers come from the store where they can, and go there if ``keep``. ``reference.once.f(x)`` asks and leaves
    nothing in the store: for arguments that come out of a student's answer, and that nobody will ask about again.
    ``instead`` may change meanwhile: it names functions that answer for others.
    """

    def __init__(
        self, answers: ReferenceAnswers, model: str, *, keep: bool = True, instead: Mapping[str, str] | None = None
    ) -> None:
        self._answers = answers
        self._model = model
        self._keep = keep
        self._instead = {} if instead is None else instead

    @property
    def once(self) -> Reference:
        """The same functions, whose answers are not kept."""
        return Reference(self._answers, self._model, keep=False, instead=self._instead)

    def __getattr__(self, name: str) -> Callable[..., Value]:
        """Return any function of the solution.

        Calling it raises KernelError when the reference itself fails. What answers instead of the reference raises
        NoAnswer where it has none.
        """
        if name.startswith("__"):  # whoever asks for these looks at the proxy, not for a function
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Value:
            question = Question(self._model, name, args, kwargs)
            try:
                if name in self._instead:
                    return self._answers.variant(self._instead[name], question, keep=self._keep)
                return self._answers.call(question, keep=self._keep)
            except StudentFault as fault:
                raise KernelError(messages.reference_failed(name, fault.sentence)) from fault

        return call
