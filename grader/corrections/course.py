"""Records of a course's terms: deadline, late policy, extensions, attempts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo


class Share(enum.StrEnum):
    """Of what a late policy takes per cent: of the most points, or of those that were earned."""

    POSSIBLE = "possible"
    EARNED = "earned"


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What lateness costs.

    Each day that was begun after the deadline costs ``per_day`` per cent ``of`` the points, all of them ``cap`` per
    cent at most. Who is no later than ``grace`` is not late. What comes later than ``cutoff`` after the deadline counts
    as 0; None is never.
    """

    per_day: float = 0.0
    of: Share = Share.POSSIBLE
    cap: float = 100.0
    grace: timedelta = timedelta()
    cutoff: timedelta | None = None

    @property
    def costs(self) -> bool:
        """Whether lateness costs anything."""
        return (self.per_day > 0 and self.cap > 0) or self.cutoff is not None


@dataclass(frozen=True, slots=True)
class Extension:
    """More time or attempts for one person: another deadline, or ``days`` after everybody's."""

    person: str
    due: datetime | None = None
    days: float = 0.0
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a course says of one assignment.

    ``due`` is everybody's deadline and has a zone; ``zone`` is that of times of handing in which tell none. Of the
    attempts of one person, only the first ``attempts`` count; None is any number.
    """

    due: datetime | None = None
    late: LatePolicy = LatePolicy()
    attempts: int | None = None
    extensions: tuple[Extension, ...] = ()
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class CourseTerms:
    """The terms of a course's assignments by name, and those of all others."""

    assignments: Mapping[str, Terms] = field(default_factory=dict)
    others: Terms = Terms()

    def terms(self, assignment: str) -> Terms:
        """Return the terms of an assignment."""
        return self.assignments.get(assignment, self.others)
