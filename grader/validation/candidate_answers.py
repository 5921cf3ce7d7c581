"""Who answers in a student's place, and how far those answers are from the right ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.assignment import Assignment
from grader.errors import StudentFault
from grader.student import ReferenceAnswers
from grader.student.answers import BOTH
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.distance import Distance, distance
from grader.value import Value

NAMED = (CandidateKind.MISCONCEPTION, CandidateKind.ACCEPTED, CandidateKind.VARIANT)
"""Candidates whose function has their own name."""


@dataclass(frozen=True, slots=True)
class ReferenceCall:
    """A call that a check makes of a student's function."""

    model: str
    name: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


class CandidateAnswers:
    """Answers in the place of a student's functions: the exercise's own by the candidate, others by the reference."""

    def __init__(self, candidate: Candidate, answers: ReferenceAnswers, assignment: Assignment) -> None:
        self.exercises = frozenset(assignment.names)
        self.candidate = candidate
        self._answers = answers

    def call(self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value], **_: bool) -> Value:
        """Return the candidate's answer; raises the StudentFault that happened instead."""
        match self.candidate:
            case Candidate(id=id, exercise=exercise, kind=CandidateKind.PAIR) if name == exercise:
                return self._answers.call(model, BOTH, (*id.split("+"), *args), kwargs)
            case Candidate(id=id, exercise=exercise, kind=kind) if name == exercise and kind in NAMED:
                return self._answers.call(model, id, args, kwargs)
        return self._answers.call(model, name, args, kwargs)

    def measure(
        self, record: CandidateResult, questions: Iterable[ReferenceCall], right: ReferenceAnswers
    ) -> CandidateResult:
        """Return the record with how far the candidate's answers are from the right ones at most."""
        apart: Distance = ()
        worst, where = -1.0, ""
        for q in questions:
            try:
                found = distance(
                    self.call(q.model, q.name, q.args, q.kwargs), right.call(q.model, q.name, q.args, q.kwargs)
                )
            except StudentFault:
                found = (math.inf,)
            apart = tuple(max(pair) for pair in itertools.zip_longest(apart, found, fillvalue=0.0))
            if max(found, default=0.0) > worst:
                worst, where = max(found, default=0.0), f"{', '.join(map(repr, q.args))} on {q.model}"
        return replace(record, apart=apart, where=where)
