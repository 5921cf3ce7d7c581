"""Sentences to staff on a course's file and on ``overrides.toml``.

What is said of a table is a rule that it breaks, and goes on after its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

# A file.


def cannot_read(path: Path) -> str:
    """For a file that the system does not let be read; the reason goes on after it."""
    return f"cannot read {path}"


def not_utf8(path: Path) -> str:
    """For a file with bytes that are no UTF-8, as some editors save them."""
    return f"{path} is no text in UTF-8; save it as UTF-8."


def no_toml(path: Path, problem: object) -> str:
    """For a file that the TOML parser refuses; ``problem`` names the line."""
    return f"{path} is not valid TOML: {problem}; mend that line."


def no_course_file(path: Path) -> str:
    """For a course's file that was named and is not there."""
    return f"there is no course file {path}; name it with --course FILE."


def is_link(path: Path) -> str:
    """For a file that would be written, and that is a link."""
    return f"{path} is a link, and what is written there would lie elsewhere; put the file itself there."


def in_one_list(path: Path, key: str) -> str:
    """For corrections in an inline list, to which none can be appended."""
    return f"{path} has its corrections in one list; write each as [[{key}]]."


def would_lose(path: Path) -> str:
    """For a change that did not read back as meant, so that it was not written."""
    return f"{path} could not be changed without losing something; change it by hand."


# A table of any file.

A_LIST_OF_TABLES = "a list of tables"


def unknown_key(key: str, near: Sequence[str], known: Sequence[str]) -> str:
    """For a key that a table cannot have; ``near`` are known ones spelled nearly so."""
    hint = f"did you mean {near[0]!r}?" if near else f"it may hold {', '.join(known)}."
    return f"has no {key!r}; {hint}"


def no_key(key: str) -> str:
    """For a table that lacks a key which it must have."""
    return f"has no {key}; add it."


def must_be(key: str, value: object, what: str) -> str:
    """For a key whose value is of the wrong kind or size; ``what`` completes "must be"."""
    text = repr(value) if isinstance(value, str) else str(value)
    return f"has {key} = {text if len(text) <= 60 else f'{text[:60]}…'}, and that must be {what}."


def a_number(least: float, most: float) -> str:
    """Name a range of numbers, as what a key must be."""
    return f"a number from {least:g} to {most:g}"


def a_whole_number(least: int, most: int) -> str:
    """Name a range of whole numbers, as what a key must be."""
    return f"a whole number from {least} to {most}"


def one_of(values: Iterable[str]) -> str:
    """Name the values that a key can have."""
    return " or ".join(repr(str(value)) for value in values)


# A course.

EXTENDS_NOTHING = "extends nothing; give due, days or attempts."


def extension_of_unknown(name: str) -> str:
    """For an extension for an assignment that the course's file does not list."""
    return f"has an extension of {name!r}, and there is no [assignments.{name}]."


def no_zone(name: str | None) -> str:
    """For a time zone that is not in the IANA database."""
    return f"has zone = {name!r}, which is no time zone; give one such as Europe/Berlin."


def time_without_zone(due: str) -> str:
    """For a deadline whose moment is unknown because no zone is given anywhere."""
    return f"has due = {due} without a zone; add one, as in +01:00, or set zone above."


# A correction.

NAMES_NOBODY = "names nobody; give person an id or a name of this batch."
SETS_NOTHING = "sets nothing; give points, comment, excused, late_waived or days_late."
FOR_WHOLE_ALONE = "sets what only a whole submission can have; leave exercise and check out."
NO_TIME = "has no when; add the day and time, as in 2026-11-30T14:00:00Z."


def no_digest(given: str, shortest: int) -> str:
    """For a correction whose digest is too short, or not hexadecimal."""
    return (
        f"has sha256 = {given[:70]!r}; give {shortest} to 64 digits of the file's SHA-256, which stand in the review "
        'page\'s record, or "" where nothing was handed in.'
    )


def long_comment(longest: int) -> str:
    """For a comment that no page or platform could show."""
    return f"has a comment of more than {longest} characters; make it shorter."
