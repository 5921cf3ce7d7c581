"""Put what one person handed in into the order in which it counts, the last one last."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.intake import messages
from grader.intake.layouts import Identity
from grader.intake.listing import File
from grader.intake.notebook_file import MAX_MB
from grader.intake.times import ranks


@dataclass(frozen=True, slots=True)
class Handed:
    """A file with its author."""

    file: File
    who: Identity


def in_order(group: Sequence[Handed], functions: Collection[str]) -> list[Handed]:
    """Return one person's files with the one that counts last.

    That is the latest, or of several latest the one with a function. A time that is not understood decides nothing
    where another does not agree with it; :func:`unsure_order` says so.
    """
    defines = re.compile(rb"\bdef\s+(?:" + b"|".join(re.escape(f.encode()) for f in functions) + rb")\b")
    times, _ = ranks([h.who.time for h in group])
    order = sorted(
        range(len(group)),
        key=lambda n: (
            # What is in a folder that is not listed may be the last, and is not to be graded without a word.
            group[n].file.path.is_dir(),
            not group[n].who.own,
            times[n],
            bool(functions) and _has(group[n].file, defines),
            *_age(group[n]),
        ),
    )
    return [group[n] for n in order]


def unclear_times(group: Sequence[Handed]) -> tuple[str, ...]:
    """Return sentences on what is not understood of the times of one person's files."""
    unclear = dict.fromkeys(h.who.time.unclear for h in group if h.who.time.unclear)
    return tuple(unclear)


def unsure_order(group: Sequence[Handed]) -> tuple[str, ...]:
    """Return a sentence where the times of a person's ordered files leave the last unsure."""
    if ranks([h.who.time for h in group])[1]:
        return ()
    return (messages.unsure_order(len(group), group[-1].file.label.as_posix()),)


def _age(handed: Handed) -> tuple[int, bool, list[int | str], list[int | str]]:
    """Return the key by which one person's uploads are ordered.

    A refused file last of equals loses to none, ``hw (2)`` comes after ``hw``.
    """
    names = (handed.file.label.stem, handed.file.label.as_posix())
    stem, path = ([int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", name.casefold())] for name in names)
    return handed.who.serial, not handed.file.refused, stem, path


def _has(file: File, defines: re.Pattern[bytes]) -> bool:
    """Return whether a file has a text in it; one that this machine does not read may have it."""
    if file.refused or file.unavailable:
        return bool(file.unavailable)
    try:
        if not file.path.is_file() or file.path.stat().st_size > MAX_MB * 2**20:
            return False
        return defines.search(file.path.read_bytes()) is not None
    except OSError:
        return True
