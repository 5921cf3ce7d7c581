"""The sentences of corrections, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.corrections.course import Extension
from grader.corrections.override import Override
from grader.english import first_of, listed

_MOST_NAMED = 20

EXCUSED = "excused"
NOTHING_HANDED_IN = "nothing handed in"
NOT_GRADED = "could not be graded"
DAYS_UNKNOWN = "late, and nothing tells by how many days"


def too_many_attempts(attempt: int, allowed: int) -> str:
    """Say that this is an attempt too many."""
    return f"attempt {attempt}, and no more than {allowed} count{'s' if allowed == 1 else ''}"


def not_one_check(check: str, count: int, ids: Sequence[str]) -> str:
    """Say that no check, or more than one, has a name; ``ids`` are those that there are."""
    if count:
        return f"{count} checks are called {check!r}: say of which exercise it is"
    return f"there is no check {check!r}" + (f": they are {first_of(ids, _MOST_NAMED)}" if ids else "")


def no_exercise(exercise: str, names: Sequence[str]) -> str:
    """Say that there is no exercise of a name."""
    known = f"they are {', '.join(names)}" if names else "nothing was graded, and only the whole can have points"
    return f"there is no exercise {exercise!r}: {known}"


def too_many_points(points: float, most: float) -> str:
    """Say that these are more points than there are."""
    return f"{points:g} points are more than the {most:g} that there are"


def not_applied(override: Override, why: str) -> str:
    """Say why a correction was not applied."""
    what = override.check or override.exercise or "the whole"
    return f"{_by(override)} of {what} was not applied: {why}."


def not_of_one(what: Override | Extension, ids: Sequence[str]) -> str:
    """Say that a correction or an extension is of nobody, or may be of several people."""
    which = _by(what) if isinstance(what, Override) else "an extension"
    why = f"{what.person!r} may be {', '.join(ids)}; name one by that id" if ids else f"nobody here is {what.person!r}"
    return f"{which} was not applied: {why}."


def course_gone(out: Path, course: Path) -> str:
    """Say that a course's file is not where a folder remembers it."""
    do = "put it back, or name it with `grader render OUT --course FILE`."
    return f"the grades in {out} follow the course file {course}, which is not there; {do}"


def not_in_course(assignment: str, names: Sequence[str]) -> str:
    """Say that a course's file has other assignments than this one."""
    known = first_of([f"[assignments.{name}]" for name in names], _MOST_NAMED)
    return f"the course file has no deadline for {assignment!r}: it has {known}."


SEVERAL_PEOPLE = "several people may be meant"
NOBODY = "nobody here has that name"
EARLIER_SUBMISSION = "of an earlier submission"
OFFERED = f"{EARLIER_SUBMISSION}; --again applies it"


def nobody_named(person: str, near: Sequence[str], out: Path) -> str:
    """Say that nobody in a folder has a name; ``near`` are names that may be meant."""
    meant = " or ".join(map(repr, near))
    hint = f"did you mean {meant}?" if near else "give an id or a name as in grades.csv."
    return f"nobody in {out} is {person!r}; {hint}"


def several_named(person: str, ids: Sequence[str]) -> str:
    """Say that several people have a name."""
    return f"{person!r} may be {listed(ids)}; name one by that id."


def nothing_offered(id: str) -> str:
    """Say that there is no correction of an earlier submission."""
    return f"no correction of an earlier submission of {id} is to be applied."


def nothing_set(id: str, part: str, out: Path) -> str:
    """Say that there is no correction to take back."""
    return f"nothing was set for {id} of {part or 'the whole submission'}; `grader review {out}` lists what was."


def _by(override: Override) -> str:
    return f"{override.who}'s correction of {override.when:%Y-%m-%d %H:%M}"
