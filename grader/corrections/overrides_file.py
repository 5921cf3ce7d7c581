"""Read ``overrides.toml``, which people edit too, and change it without touching the rest."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.atomic_write import write_atomically
from grader.corrections import file_messages
from grader.corrections.fitting import broken_rule
from grader.corrections.override import KEYS, SHORTEST_DIGEST, Override
from grader.corrections.toml_table import TomlTable, parse_toml, read_file
from grader.errors import UsageError

_KEY = "override"
_ALWAYS = ("person", "sha256")
_DIGEST = re.compile(f"[0-9a-f]{{{SHORTEST_DIGEST},64}}|")
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
        raise UsageError(file_messages.is_link(path))
    before = read_file(path).decode("utf-8-sig") if path.exists() else _HEADER
    document = tomlkit.parse(before)
    held = document.setdefault(_KEY, tomlkit.aot())
    if not isinstance(held, tomlkit.items.AoT):
        raise UsageError(file_messages.in_one_list(path, _KEY))
    change(held)
    if not held:
        del document[_KEY]
    after = tomlkit.dumps(document).encode()
    if list(_parse_overrides(after, path)) != expected:  # nothing that stands there may be lost
        raise UsageError(file_messages.would_lose(path))
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
        raise table.fault(file_messages.NAMES_NOBODY)
    if not _DIGEST.fullmatch(override.sha256):
        raise table.fault(file_messages.no_digest(override.sha256, SHORTEST_DIGEST))
    if rule := broken_rule(override):
        raise table.fault(rule)
    return override


def _when(table: TomlTable) -> datetime:
    when = table.get("when", datetime)
    if when is None:
        raise table.fault(file_messages.NO_TIME)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
