"""Moodle, "Download all submissions": a folder for each participant, or flat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import first_match, own_names
from grader.intake.listing import File
from grader.person import Person

_NAMED = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)
_HIDDEN = {
    *("participant", "participante", "partecipante", "teilnehmerin", "teilnehmer", "teilnehmer in", "deelnemer"),
    *("deltagare", "deltager", "deltaker", "uczestnik", "участник", "参与者", "osallistuja", "účastník"),
    *("katılımcı", "συμμετέχων", "résztvevő", "参加者", "참가자", "משתתף", "مشارك"),  # noqa: RUF001
}
"""What Moodle calls somebody whose name is hidden."""


def moodle(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``Jane Doe_12345_assignsubmission_file/hw1.ipynb`` and its flat form.

    The folder's name may end with ``_``. The number is the participant's in the assignment: the grading worksheet has
    the same as ``Participant 12345``. In blind marking the name is that word, in the site's language; what several
    numbers bear is nobody's name.
    """
    found = [first_match(file, _NAMED) for file in files]
    people = {(match["name"].casefold(), match["number"]) for _, match in filter(None, found)}
    hidden = _HIDDEN | {name for name, count in Counter(name for name, _ in people).items() if count > 1}
    return [[_moodle_identity(*one, hidden, file)] if one else [] for file, one in zip(files, found, strict=True)]


def _moodle_identity(depth: int, match: re.Match[str], hidden: set[str], file: File) -> Identity:
    name, number = match["name"], match["number"]
    word = name.replace("_", " ").casefold()  # behind the team's name, where there are teams
    known = "" if {word, word.rpartition("-")[2]} & hidden else name
    student, people = known or f"{name} {number}", (Person(name=known, participant=number),)
    names = own_names(match, file, depth)
    return Identity(f"{name}_{number}", student, ("moodle", number, name), people, depth=depth, names=names)
