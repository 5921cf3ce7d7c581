"""Put files of one person of a roster together where no platform's naming does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.intake import messages
from grader.intake.attempts import Handed
from grader.intake.layouts import Identity
from grader.intake.roster_index import RosterIndex
from grader.intake.times import ranks, read_time
from grader.person import Person

ROSTER = "roster"
"""What the keys of files begin with whose author a roster tells."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T_-]+\d\d[-:.h]?\d\d(?:[-:.]?\d\d)?")


def by_roster(handed: Sequence[Handed], roster: Sequence[Person]) -> list[Handed]:
    """Return the files with the authors that a roster tells of those that stand alone.

    A name in a path tells whose a file is as :func:`grader.intake.join` reads it; a time beside that orders attempts.
    """
    index = RosterIndex(roster, [h.who.people for h in handed], [h.file.label.as_posix() for h in handed])
    places = {person: n for n, person in enumerate(roster)}
    return [h if h.who.key else replace(h, who=_author(h, index, places)) for h in handed]


def _author(handed: Handed, index: RosterIndex, places: Mapping[Person, int]) -> Identity:
    if not (found := index.find_in_path(handed.who.people)):
        return handed.who
    person, claim = found
    stamp = _TIME.search(claim.handle)
    return replace(
        handed.who,
        key=(ROSTER, str(places[person]), ""),
        time=read_time(stamp[0] if stamp else ""),
        together=stamp[0] if stamp else "",
        depth=claim.depth,
    )


def unsure_author(group: Sequence[Handed]) -> tuple[str, ...]:
    """Return a sentence where files that lie apart are one person's by a roster alone.

    Anybody may give a file another's name; a folder of a download with a time of its own is an attempt.
    """
    if len(group) < 2 or group[0].who.key[:1] != (ROSTER,) or len({h.file.steps[h.who.depth] for h in group}) == 1:
        return ()
    places, sure = ranks([h.who.time for h in group])
    if sure and len({*places}) == len(group) and all(h.who.depth < len(h.file.label.parts) for h in group):
        return ()
    return (messages.unsure_author(len(group), group[-1].file.label.as_posix()),)
