"""What takes a student's place in the checks: the reference, a misconception, a right variant, a mutated reference."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grader.result import Outcome
from grader.validation.distance import Distance
from grader.validation.mutants import Mutant


class CandidateKind(StrEnum):
    """Where a candidate's answers come from."""

    REFERENCE = "reference"
    MISCONCEPTION = "misconception"
    ACCEPTED = "accepted misconception"
    PAIR = "pair"
    VARIANT = "variant"
    MUTANT = "mutant"


WRONG = frozenset({CandidateKind.MISCONCEPTION, CandidateKind.PAIR})
"""Candidates that a check must not let pass, and that have a name; a mutant may turn out to be right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that answers for one exercise.

    ``id`` is the name of the function that does; of a pair of misconceptions it is "a+b", and of a mutant its own.
    """

    id: str
    exercise: str
    kind: CandidateKind
    mutant: Mutant | None = None


@dataclass(frozen=True, slots=True)
class CandidateCheckResult:
    """How a candidate fared in one check.

    ``diagnoses`` are the ids of the mistakes named, with their confidence; ``shares`` the parts that were compared,
    with the share of the tolerance that was used: above 1 is wrong.
    """

    check: str
    outcome: Outcome
    message: str
    diagnoses: tuple[tuple[str, float], ...] = ()
    shares: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """How a candidate fared in the checks of its exercise.

    ``apart`` is how far the parts of its answers are from the reference's at most, on all that the checks asked and on
    fresh inputs, and ``where`` says for which arguments: of a candidate that passed every check, else both are empty.
    """

    candidate: Candidate
    checks: tuple[CandidateCheckResult, ...]
    apart: Distance = ()
    where: str = ""

    @property
    def caught(self) -> tuple[str, ...]:
        """The checks that it did not pass."""
        return tuple(c.check for c in self.checks if c.outcome is not Outcome.PASSED)
