"""Read ``overrides.toml``, which people edit too, and change it without touching the rest."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.atomic_write import write_atomically
from grader.corrections.override import KEYS, SHORTEST_DIGEST, Override, Target
from grader.corrections.toml_table import TomlTable, parse_toml, read_file
from grader.errors import UsageError

_KEY = "override"
_ALWAYS = ("person", "sha256")
_DIGEST = re.compile(f"[0-9a-f]{{{SHORTEST_DIGEST},64}}|")
_LONGEST = 10_000  # characters of a comment
_HEADER = """\
# Corrections by staff, the oldest first; of two of one kind the later counts. `grader review OUT set` adds to this
# file, and it may be edited by hand: then `grader render OUT` makes the pages and the gradebook again.
"""


def read_overrides(path: Path) -> tuple[Override, ...]:
    """Return the corrections in a file, none where there is no file.

    Raises UsageError that says in one sentence which one breaks which rule.
    """
    try:
        return _parse_overrides(read_file(path), path)
    except FileNotFoundError:
        return ()


def _parse_overrides(data: bytes, path: Path) -> tuple[Override, ...]:
    return tuple(map(_override, TomlTable(str(path), parse_toml(data, path), (_KEY,)).tables(_KEY, KEYS)))


def add_overrides(path: Path, added: Sequence[Override]) -> None:
    """Add corrections to a file, making it where there is none.

    All that stands in it stays. Raises UsageError for a file that cannot be read, and OSError, leaving the file as it
    was.
    """
    _edit(path, lambda held: held.extend(map(_written, added)), [*read_overrides(path), *added])


def remove_override(path: Path, place: int) -> None:
    """Remove a correction by its place in the file, from 0; all else stays."""
    kept = list(read_overrides(path))
    del kept[place]
    _edit(path, lambda held: held.pop(place), kept)


def _edit(path: Path, change: Callable[[Any], None], expected: list[Override]) -> None:
    import tomlkit  # only a change needs it

    if path.is_symlink():
        raise UsageError(f"{path} is a link, and what is written there would lie elsewhere; put the file itself there.")
    before = read_file(path).decode("utf-8-sig") if path.exists() else _HEADER
    document = tomlkit.parse(before)
    held = document.setdefault(_KEY, tomlkit.aot())
    if not isinstance(held, tomlkit.items.AoT):
        raise UsageError(f"{path} has its corrections in one list; write each as [[{_KEY}]].")
    change(held)
    if not held:
        del document[_KEY]
    after = tomlkit.dumps(document).encode()
    if list(_parse_overrides(after, path)) != expected:  # nothing that stands there may be lost
        raise UsageError(f"{path} could not be changed without losing something; change it by hand.")
    private = path.exists() and not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    write_atomically(path, after, private=private)


def _written(override: Override) -> Any:
    import tomlkit

    table = tomlkit.table()
    table.trivia.indent = "\n"  # an empty line before it
    for key in KEYS:
        value = getattr(override, key)
        if key in _ALWAYS or not (value is None or value is False or value == ""):
            table.add(key, value)
    return table


def _override(table: TomlTable) -> Override:
    override = Override(
        person=table.text("person"),
        sha256=table.text("sha256"),
        who=table.text("who"),
        when=_when(table),
        exercise=table.get("exercise", str) or "",
        check=table.get("check", str) or "",
        points=table.number("points"),
        comment=table.get("comment", str) or "",
        excused=table.get("excused", bool) or False,
        late_waived=table.get("late_waived", bool) or False,
        days_late=table.count("days_late"),
    )
    if not override.person.strip():
        raise table.fault("names nobody; give person an id or a name of this batch.")
    if not _DIGEST.fullmatch(override.sha256):
        raise table.fault(
            f"has sha256 = {override.sha256[:70]!r}; give {SHORTEST_DIGEST} to 64 digits of the file's SHA-256, which "
            'stand in the review page\'s record, or "" where nothing was handed in.'
        )
    if override.empty:
        raise table.fault("sets nothing; give points, comment, excused, late_waived or days_late.")
    if override.for_whole and override.target != Target():
        raise table.fault("sets what only a whole submission can have; leave exercise and check out.")
    if len(override.comment) > _LONGEST:
        raise table.fault(f"has a comment of more than {_LONGEST} characters; make it shorter.")
    return override


def _when(table: TomlTable) -> datetime:
    when = table.get("when", datetime)
    if when is None:
        raise table.fault("has no when; add the day and time, as in 2026-11-30T14:00:00Z.")
    return when if when.tzinfo else when.replace(tzinfo=UTC)
