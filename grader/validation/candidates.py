"""What the checks are tried on in a student's place, and how it fared in them."""

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
"""Kinds that no check may pass and that have a name; a mutant may turn out to be right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that is called in place of the student's for one exercise.

    ``id`` is the function's name; of a pair of misconceptions it is "a+b", of a mutant it says file, line and change.
    """

    id: str
    exercise: str
    kind: CandidateKind
    mutant: Mutant | None = None


@dataclass(frozen=True, slots=True)
class CandidateCheckResult:
    """How a candidate fared in one check.

    ``diagnoses`` are the ids of the misconceptions named, with their confidence; ``shares`` the parts that were
    compared, with the share of the tolerance that each used: above 1 is wrong.
    """

    check: str
    outcome: Outcome
    message: str
    diagnoses: tuple[tuple[str, float], ...] = ()
    shares: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """How a candidate fared in the checks of its exercise.

    ``distance`` is the greatest distance of each part of its answers from the reference's, over all calls of the checks
    with several seeds, and ``farthest_call`` says for which arguments: both are empty unless it passed every check.
    """

    candidate: Candidate
    checks: tuple[CandidateCheckResult, ...]
    distance: Distance = ()
    farthest_call: str = ""

    @property
    def caught(self) -> tuple[str, ...]:
        """The checks that it did not pass."""
        return tuple(c.check for c in self.checks if c.outcome is not Outcome.PASSED)
