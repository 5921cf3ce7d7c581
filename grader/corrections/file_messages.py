"""Sentences to staff on a course's file and on ``overrides.toml``.

What is said of a table is a rule that it breaks, and goes on after its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

# A file.


def cannot_read(path: Path) -> str:
    return f"cannot read {path}"


def not_utf8(path: Path) -> str:
    return f"{path} is no text in UTF-8; save it as UTF-8."


def no_toml(path: Path, problem: object) -> str:
    return f"{path} is not valid TOML: {problem}; mend that line."


def no_course_file(path: Path) -> str:
    return f"there is no course file {path}; name it with --course FILE."


def is_link(path: Path) -> str:
    return f"{path} is a link, and what is written there would lie elsewhere; put the file itself there."


def in_one_list(path: Path, key: str) -> str:
    return f"{path} has its corrections in one list; write each as [[{key}]]."


def would_lose(path: Path) -> str:
    return f"{path} could not be changed without losing something; change it by hand."


# A table of any file.

A_LIST_OF_TABLES = "a list of tables"


def unknown_key(key: str, near: Sequence[str], known: Sequence[str]) -> str:
    hint = f"did you mean {near[0]!r}?" if near else f"it may hold {', '.join(known)}."
    return f"has no {key!r}; {hint}"


def no_key(key: str) -> str:
    return f"has no {key}; add it."


def must_be(key: str, value: object, what: str) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return f"has {key} = {text if len(text) <= 60 else f'{text[:60]}…'}, and that must be {what}."


def a_number(least: float, most: float) -> str:
    return f"a number from {least:g} to {most:g}"


def a_whole_number(least: int, most: int) -> str:
    return f"a whole number from {least} to {most}"


def one_of(values: Iterable[str]) -> str:
    return " or ".join(repr(str(value)) for value in values)


# A course.

EXTENDS_NOTHING = "extends nothing; give due, days or attempts."


def extension_of_unknown(name: str) -> str:
    return f"has an extension of {name!r}, and there is no [assignments.{name}]."


def no_zone(name: str | None) -> str:
    return f"has zone = {name!r}, which is no time zone; give one such as Europe/Berlin."


def time_without_zone(due: str) -> str:
    return f"has due = {due} without a zone; add one, as in +01:00, or set zone above."


# A correction.

NAMES_NOBODY = "names nobody; give person an id or a name of this batch."
SETS_NOTHING = "sets nothing; give points, comment, excused, late_waived or days_late."
FOR_WHOLE_ALONE = "sets what only a whole submission can have; leave exercise and check out."
NO_TIME = "has no when; add the day and time, as in 2026-11-30T14:00:00Z."


def no_digest(given: str, shortest: int) -> str:
    return (
        f"has sha256 = {given[:70]!r}; give {shortest} to 64 digits of the file's SHA-256, which stand in the review "
        'page\'s record, or "" where nothing was handed in.'
    )


def long_comment(longest: int) -> str:
    return f"has a comment of more than {longest} characters; make it shorter."
