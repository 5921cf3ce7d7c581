"""Computed answers, kept in memory and on disk by all that decides them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Self

from grader import machine
from grader.errors import StudentFault
from grader.session.answer_source import Answer, Question
from grader.session.answer_store import AnswerStore
from grader.session.bounded_cache import BoundedCache, size
from grader.session.call_limits import Cost
from grader.session.computed_answers import ComputedAnswers
from grader.value import Value

_KNOWN_MB = 512  # beside the store: arguments, and so answers, may come out of a student's answer
_MOST_MACHINES = 16  # whose costs stand beside one answer


class CachedAnswers:
    """An AnswerSource that computes each answer once.

    Two answers share a place in the store only if the model's weights, the libraries' versions, all files of the
    assignment, the function and the arguments are the same. What each cost stands beside it, by machine.
    """

    def __init__(self, computed: ComputedAnswers, store: AnswerStore) -> None:
        self._computed = computed
        self._store = store
        self._known = BoundedCache[str](_KNOWN_MB)
        self._failed: dict[str, StudentFault] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._computed.close()

    def answer(self, question: Question, *, keep: bool = True) -> Answer:
        """Return an answer; see :class:`AnswerSource`."""
        return self._find_answer(question, keep=keep, measured=False)

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return an answer's cost here, asking for the answer if need be; None if it raised."""
        answer = self._find_answer(question, keep=keep, measured=True)
        return None if answer.raised else Cost(*answer.costs[machine.identity()], size(answer.value))

    def _find_answer(self, question: Question, *, keep: bool, measured: bool) -> Answer:
        """Return an answer; ``measured`` demands that its cost on this machine stands beside it."""
        key = question.key(*self._computed.circumstances(question.model))
        if fault := self._failed.get(key):
            raise fault.with_traceback(None)
        if key not in self._known:
            with contextlib.suppress(KeyError):
                self._known[key] = self._store.get(key)
        before = _answer_in(self._known.get(key))
        if before and (machine.identity() in before.costs or not measured):
            return before
        try:
            found = self._computed.answer(question)
        except StudentFault as fault:
            self._failed[key] = fault
            raise
        # What was answered before stays: on another machine the last digits may be others.
        costs = dict([*(before.costs.items() if before else ()), *found.costs.items()][-_MOST_MACHINES:])
        found = replace(before or found, costs=costs)
        self._known[key] = found.to_value()
        if keep:
            self._store.put(key, self._known[key])
        return found


def _answer_in(stored: Value) -> Answer | None:
    with contextlib.suppress(ValueError):
        return Answer.from_value(stored)
    return None
