"""Call a candidate in the student's place, and measure the distance of its answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import replace

from grader.assignment import Assignment
from grader.errors import StudentFault
from grader.session import ReferenceAnswers
from grader.session.answer_source import Question
from grader.session.reference_answers import variant_question
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.distance import Distance, distance
from grader.value import Value

HAS_OWN_FUNCTION = (
    CandidateKind.MISCONCEPTION,
    CandidateKind.PAIR,
    CandidateKind.ACCEPTED,
    CandidateKind.VARIANT,
)
"""Kinds of candidates whose functions have their own names; others' have the exercise's."""


class CandidateAnswers:
    """The student's functions: the exercise's is the candidate, the others are the reference."""

    def __init__(self, candidate: Candidate, answers: ReferenceAnswers, assignment: Assignment) -> None:
        self.exercises = frozenset(assignment.names)
        self.candidate = candidate
        self._answers = answers

    def call(self, question: Question, **_: bool) -> Value:
        """Return the candidate's answer; raises the StudentFault that happened instead."""
        match self.candidate:
            case Candidate(id=id, exercise=exercise, kind=kind) if (
                question.name == exercise and kind in HAS_OWN_FUNCTION
            ):
                return self._answers.call(variant_question(id, question))
        return self._answers.call(question)

    def measure(self, record: CandidateResult, calls: Iterable[Question], right: ReferenceAnswers) -> CandidateResult:
        """Return the record with the greatest distance of its answers from the right ones."""
        greatest: Distance = ()
        worst, farthest = -1.0, ""
        for c in calls:
            try:
                found = distance(self.call(c), right.call(c))
            except StudentFault:
                found = (math.inf,)
            greatest = tuple(max(pair) for pair in itertools.zip_longest(greatest, found, fillvalue=0.0))
            if max(found, default=0.0) > worst:
                worst, farthest = max(found, default=0.0), f"{', '.join(map(repr, c.args))} on {c.model}"
        return replace(record, distance=greatest, farthest_call=farthest)
