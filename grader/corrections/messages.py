"""The sentences of corrections, for staff."""

from __future__ import annotations

from collections.abc import Sequence

from grader.corrections.override import Override

EXCUSED = "excused"
NOTHING_HANDED_IN = "nothing handed in"
NOT_GRADED = "could not be graded"
DAYS_UNKNOWN = "late, and nothing tells by how many days"


def too_many_attempts(attempt: int, allowed: int) -> str:
    """Say that this is an attempt too many."""
    return f"attempt {attempt}, and no more than {allowed} count{'s' if allowed == 1 else ''}"


def not_one_check(override: Override, count: int) -> str:
    """Say that no check, or more than one, has the name in a correction."""
    found = f"{count} checks have that name: say of which exercise it is" if count else "there is no such check"
    return f"{_by(override)} of the check {override.check!r} was not applied: {found}."


def no_exercise(override: Override, names: Sequence[str]) -> str:
    """Say that there is no exercise of the name in a correction."""
    known = (
        f"the exercises are {', '.join(names)}" if names else "nothing was graded, so that only the whole has points"
    )
    return f"{_by(override)} of the exercise {override.exercise!r} was not applied: {known}."


def too_many_points(override: Override, most: float) -> str:
    """Say that a correction gives more points than there are."""
    what = override.check or override.exercise or "the whole"
    return f"{_by(override)} of {what} was not applied: {override.points:g} points, and there are {most:g}."


def nobody(override: Override) -> str:
    """Say that a correction names nobody."""
    return f"{_by(override)} was not applied: nobody here is {override.person!r}."


def several(override: Override, ids: Sequence[str]) -> str:
    """Say that a correction may be of several people."""
    return f"{_by(override)} was not applied: {override.person!r} may be {', '.join(ids)}; name one by that id."


def several_extended(person: str, ids: Sequence[str]) -> str:
    """Say that an extension may be of several people."""
    return f"an extension was not applied: {person!r} may be {', '.join(ids)}; name one by that id."


def nobody_extended(person: str) -> str:
    """Say that an extension names nobody."""
    return f"an extension is of nobody here: {person!r}."


def _by(override: Override) -> str:
    return f"{override.who}'s correction of {override.when:%Y-%m-%d %H:%M}"
