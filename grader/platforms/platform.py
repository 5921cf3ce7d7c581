"""What the commands ask of a learning platform, and the records of its answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from grader.person import Person

Wait = Callable[[float], None]
"""Waits for some seconds."""

FEEDBACK_FILE = re.compile(r"(feedback-[0-9a-f]{12})(?:-\d+)?\.html")
"""The name of a page that was pushed; platforms may number names that are there already."""

LARGEST_FILE = 200 * 2**20
"""Bytes of one file that are fetched."""


@dataclass(frozen=True, slots=True)
class AssignmentInfo:
    """An assignment as its platform has it: ``points`` are the most it gives, None if unknown.

    ``comments`` and ``files`` say whether graders may write such feedback.
    """

    title: str
    points: float | None
    due: str = ""
    comments: bool = True
    files: bool = True


@dataclass(frozen=True, slots=True)
class PlatformMember:
    """A student of the course.

    ``id`` is the platform's number of the user, ``sorted_name`` the name by which lists are sorted, if there is one.
    """

    id: str
    person: Person
    section: str = ""
    sorted_name: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that was handed in.

    ``source`` names it and its version for ever, ``url`` for a while. A ``text`` is not fetched: it was handed in as
    text. ``size`` is -1 where it is not known.
    """

    name: str
    source: str
    url: str = field(default="", repr=False)
    size: int = -1
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteAttempt:
    """What was handed in at once; ``number`` counts from 1, times are in ISO 8601."""

    number: int
    submitted: str
    late: bool
    files: tuple[RemoteFile, ...]


@dataclass(frozen=True, slots=True)
class RemoteSubmission:
    """The attempts of a person, or of a group by one of which they are."""

    members: tuple[PlatformMember, ...]
    attempts: tuple[RemoteAttempt, ...]
    due: str = ""
    group: str = ""
    group_id: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class GradeState:
    """What a platform holds of one person's grade.

    ``grade`` is as it was entered, None where there is none. ``attempt`` and ``submitted`` are the newest attempt's, 0
    and "" without one. ``comment`` is the last that was pushed, or on platforms with one comment the one there; it is a
    text, and ``comment_source`` the same as the platform has it. ``files`` are the names of its files. ``blocked`` says
    why no grade may be written, "" where one may.
    """

    grade: float | None = None
    attempt: int = 0
    submitted: str = ""
    comment: str = ""
    comment_source: str = ""
    files: tuple[str, ...] = ()
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class GradeChange:
    """What is to be written for one person: None leaves a part as it is.

    ``file`` is a name and a page.
    """

    grade: float | None = None
    comment: str | None = None
    file: tuple[str, bytes] | None = None


class Platform(Protocol):
    """One assignment on a learning platform, by its page's address and a person's token.

    Every method may raise PlatformError; a session repeats what is safe to be repeated.
    """

    name: str
    address: str
    one_comment: bool  # a newer comment takes the place of the one that is there
    reads_all: bool  # the states of all cost hardly more than one person's

    def __enter__(self) -> Self:
        """Return the platform."""

    def __exit__(self, *exc_info: object) -> None:
        """Close the connections."""

    def pause(self, seconds: float) -> None:
        """Wait, before it is asked again what may still be under way."""

    def assignment(self) -> AssignmentInfo:
        """Return what the platform says of the assignment; UsageError if it takes no grades."""

    def members(self) -> Sequence[PlatformMember]:
        """Return the course's students."""

    def submissions(self, members: Sequence[PlatformMember]) -> Iterable[RemoteSubmission]:
        """Return what was handed in, of a group once."""

    def person_key(self, member: PlatformMember) -> tuple[str, ...]:
        """Return what intake knows a person by in the platform's own download."""

    def fetch(self, file: RemoteFile, place: Path) -> None:
        """Download a file; RequestRefusedError where it cannot be had."""

    def states(self, ids: Sequence[str]) -> dict[str, GradeState]:
        """Return the state of several people's grades."""

    def state(self, id_: str) -> GradeState:
        """Return the state of one person's grade as it is now."""

    def write(self, id_: str, change: GradeChange, state: GradeState) -> GradeState:
        """Write a change, ``state`` being what was there; return the state of the grade then."""
