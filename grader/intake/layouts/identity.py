"""Who handed a file in, as a platform's naming tells it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.person import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who handed a file in.

    ``id`` need not be unique or safe as a file name yet. ``key`` is the same for all that one student (or group) handed
    in, and empty where that cannot be told. ``people`` is what is known of each of them; ``submitted`` the time as
    ISO 8601 in UTC, or empty; ``serial`` grows from one upload to the next. ``depth`` says which part of the file's
    path tells it, counted from 0 for the root; ``sure`` whether nothing else is ever named like that.
    """

    id: str
    student: str
    key: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    late: bool = False
    submitted: str = ""
    serial: int = 0
    depth: int = 0
    sure: bool = True
