"""Who handed a file in, as a platform's naming tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.intake.times import HandInTime
from grader.person import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who handed a file in.

    ``id`` need not be unique or safe as a file name yet. ``key`` is the same for all that one student (or group) handed
    in, and empty where that cannot be told. ``people`` is what is known of each of them; ``time`` is when, as far as
    the platform tells; ``serial`` grows from one upload to the next. Of one person's files, those with the same
    ``together`` were handed in together. ``names`` are what the student may have called the file, the likeliest first,
    where the platform put something before that. ``depth`` says which part of the file's path tells whose it is,
    counted from 0 for the root; ``sure`` whether nothing else is ever named like that; ``own`` whether the platform
    itself put the file there, to say something of what was handed in. ``attempt`` is the platform's count from 1, 0
    where it tells none; ``due``, ``group`` and ``section`` are as in :class:`grader.submission.Submission`.
    """

    id: str
    student: str
    key: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    late: bool = False
    time: HandInTime = field(default_factory=HandInTime)
    serial: int = 0
    together: str = ""
    names: tuple[str, ...] = ()
    depth: int = 0
    sure: bool = True
    own: bool = False
    attempt: int = 0
    due: str = ""
    group: str = ""
    section: str = ""
