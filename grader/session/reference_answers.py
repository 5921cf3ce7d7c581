"""The reference's answers and its wrong variants', wherever they come from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from grader.assignment import Assignment
from grader.errors import CallRaised, KernelError, MachineMemoryError, StudentFault
from grader.session import messages
from grader.session.answer_source import AnswerSource, Question
from grader.session.answer_store import AnswerStore
from grader.session.cached_answers import CachedAnswers
from grader.session.call_limits import Cost
from grader.session.computed_answers import ComputedAnswers
from grader.session.recorded_answers import RecordedAnswers
from grader.value import Value

if TYPE_CHECKING:
    from grader.kernel import KernelPool

log = logging.getLogger(__name__)

MISCONCEPTIONS = "misconceptions.py"
BOTH = "both"
"""The function in that file that answers as two mistakes at once.

No exercise is likely to have its name.
"""

PATIENCE_S = 600.0
"""Processor time for one answer of the reference.

Its code is ours, and students' limits follow from what it takes.
"""


class NoAnswer(KeyError):  # noqa: N818 - some mistakes have none to some arguments, and that is no error
    """A mistake has no answer to these arguments."""


class ReferenceAnswers:
    """Ask a source for answers of the reference and of wrong variants, and their costs.

    A context manager that closes the source.
    """

    def __init__(self, source: AnswerSource) -> None:
        self._source = source

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._source.__exit__(*exc_info)

    def call(self, question: Question, *, keep: bool = True) -> Value:
        """Return the answer of a function.

        Raises the StudentFault that the reference's own code made instead. Without ``keep`` an answer that has to be
        computed is not kept for others.
        """
        return self._source.answer(question, keep=keep).unwrap()

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return what an answer costs on this machine.

        None when it is not known, or there is no answer. Raises MachineMemoryError when the machine had not the memory
        to find out.
        """
        try:
            return self._source.cost(question, keep=keep)
        except MachineMemoryError:
            raise  # what it costs would be known if the machine had more
        except (StudentFault, KernelError) as error:
            log.debug("what %s costs is not known: %s", question.name, error)
            return None

    def variant(self, id: str, question: Question, *, keep: bool = True) -> Value:
        """Return what a misconception, or a pair of them ("a+b"), answers instead of a function.

        Raises NoAnswer when its code raises on these arguments, KernelError when it does not answer otherwise.
        """
        try:
            return self._source.answer(variant_question(id, question), keep=keep).unwrap()
        except CallRaised as fault:
            raise NoAnswer(id) from fault
        except StudentFault as fault:
            raise KernelError(messages.mistake_failed(id, fault.sentence)) from fault


def variant_question(id: str, question: Question) -> Question:
    """Return the call of a misconception, or a pair ("a+b"), to an exercise's arguments."""
    first, _, second = id.partition("+")
    if second:
        return question._replace(name=BOTH, args=(first, second, *question.args))
    return question._replace(name=first)


def answer_source(
    pool: Callable[[], KernelPool],
    assignment: Assignment,
    store: AnswerStore,
    *,
    file: str = MISCONCEPTIONS,
    patience_s: float = PATIENCE_S,
) -> AnswerSource:
    """Return where an assignment's reference answers come from.

    Where there is a solution they are computed, and kept in ``store``: ``file`` holds the misconceptions', whose
    functions are the wrong variants, and runs when the solution lacks a function; a call may use ``patience_s`` of
    processor time. Without a solution only recorded answers serve.
    """
    if assignment.recorded:
        return RecordedAnswers(assignment.recorded.answers, lambda model: pool().info.models[model])
    return CachedAnswers(ComputedAnswers(pool, assignment, file=file, patience_s=patience_s), store)
