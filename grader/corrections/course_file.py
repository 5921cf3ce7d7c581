"""Read a course's file: deadlines, late policy, extensions and attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grader.corrections import file_messages
from grader.corrections.course import CourseTerms, Extension, LatePolicy, Share, Terms
from grader.corrections.toml_table import TomlTable, parse_toml, read_file
from grader.errors import UsageError

_LONGEST = 3650.0  # days
_KEYS = ("zone", "attempts", "late", "assignments", "extensions")
_LATE = ("per_day", "of", "cap", "grace_minutes", "cutoff_days")
_ASSIGNMENT = ("due", "attempts", "late")
_EXTENSION = ("person", "assignment", "due", "days", "attempts")


def read_course(path: Path) -> CourseTerms:
    """Return the course in a file; raises UsageError that says what breaks which rule."""
    try:
        table = TomlTable(str(path), parse_toml(read_file(path), path), _KEYS)
    except FileNotFoundError as error:
        raise UsageError(file_messages.no_course_file(path)) from error
    zone = _zone(table)
    late = _late(table.table("late", _LATE), LatePolicy())
    others = Terms(late=late, attempts=table.count("attempts", least=1), zone=zone)
    extensions = [(t.get("assignment", str) or "", _extension(t, zone)) for t in table.tables("extensions", _EXTENSION)]
    named = table.get("assignments", dict) or {}
    every = table.table("assignments", tuple(named))
    assignments = {name: _terms(every.table(name, _ASSIGNMENT), others) for name in named}
    if unknown := {name for name, _ in extensions} - {"", *assignments}:
        raise table.fault(file_messages.extension_of_unknown(min(unknown)))
    with_extensions = {name: replace(terms, extensions=_for(name, extensions)) for name, terms in assignments.items()}
    return CourseTerms(with_extensions, replace(others, extensions=_for("", extensions)))


def terms_from(place: str, data: Mapping[str, Any]) -> Terms:
    """Return the terms of one assignment as its table in a course's file would give them.

    ``place`` says in messages where ``data`` comes from. Raises UsageError that says what breaks which rule.
    """
    return _terms(TomlTable(place, data, _ASSIGNMENT), Terms())


def extension_from(place: str, data: Mapping[str, Any]) -> Extension:
    """Return an extension as its table in a course's file would give it."""
    return _extension(TomlTable(place, data, _EXTENSION), None)


def _for(assignment: str, extensions: Iterable[tuple[str, Extension]]) -> tuple[Extension, ...]:
    return tuple(extension for name, extension in extensions if name in ("", assignment))


def _zone(table: TomlTable) -> tzinfo | None:
    name = table.get("zone", str)
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError) as error:
        raise table.fault(file_messages.no_zone(name)) from error


def _late(table: TomlTable, default: LatePolicy) -> LatePolicy:
    """Return a late policy; what it does not say is as by default."""
    of = table.get("of", str)
    if of is not None and of not in set(Share):
        raise table.fault(file_messages.must_be("of", of, file_messages.one_of(Share)))
    grace, cutoff = table.number("grace_minutes", most=_LONGEST * 1440), table.number("cutoff_days", most=_LONGEST)
    per_day, cap = table.number("per_day", most=100), table.number("cap", most=100)
    return LatePolicy(
        per_day=default.per_day if per_day is None else per_day,
        of=Share(of) if of else default.of,
        cap=default.cap if cap is None else cap,
        grace=default.grace if grace is None else timedelta(minutes=grace),
        cutoff=default.cutoff if cutoff is None else timedelta(days=cutoff),
    )


def _terms(table: TomlTable, others: Terms) -> Terms:
    attempts = table.count("attempts", least=1)
    return replace(
        others,
        due=_time(table, others.zone),
        attempts=others.attempts if attempts is None else attempts,
        late=_late(table.table("late", _LATE), others.late),
    )


def _extension(table: TomlTable, zone: tzinfo | None) -> Extension:
    due, days = _time(table, zone), table.number("days", most=_LONGEST)
    attempts = table.count("attempts", least=1)
    if due is None and days is None and attempts is None:
        raise table.fault(file_messages.EXTENDS_NOTHING)
    return Extension(table.text("person"), due, days or 0.0, attempts)


def _time(table: TomlTable, zone: tzinfo | None) -> datetime | None:
    due = table.get("due", datetime)
    if due is None or due.tzinfo is not None:
        return due
    if zone is None:
        raise table.fault(file_messages.time_without_zone(due.isoformat()))
    return due.replace(tzinfo=zone)
