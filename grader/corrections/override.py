"""Record of one correction by staff: of whose submission, what, by whom and when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

SHORTEST_DIGEST = 8
"""Hexadecimal digits by which a file may name a submission: fewer could be several."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a correction is about: a check, an exercise or, without both, the whole."""

    exercise: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """One correction by staff; later ones of the same target go before earlier ones.

    ``person`` names a row of the batch, by its id or by who handed it in; ``sha256`` is the digest of the file that the
    correction is about, or the first digits of it, empty where nothing was handed in. ``points`` take the place of what
    the checks gave. Of the whole submission alone, ``excused`` says that it has no grade, ``late_waived`` that nothing
    is taken off for lateness, ``days_late`` by how many days it was late where the platform does not tell.
    """

    person: str
    sha256: str
    who: str
    when: datetime
    exercise: str = ""
    check: str = ""
    points: float | None = None
    comment: str = ""
    excused: bool = False
    late_waived: bool = False
    days_late: int | None = None

    @property
    def target(self) -> Target:
        """What it is about."""
        return Target(self.exercise, self.check)

    @property
    def for_whole(self) -> bool:
        """Whether it sets what can be set of a whole submission alone."""
        return self.excused or self.late_waived or self.days_late is not None

    @property
    def empty(self) -> bool:
        """Whether it sets nothing."""
        return self.points is None and not self.comment and not self.for_whole

    def is_of(self, sha256: str) -> bool:
        """Return whether it is about the file with this digest."""
        return sha256 == self.sha256 or (bool(self.sha256) and sha256.startswith(self.sha256))


KEYS = tuple(f.name for f in fields(Override))
