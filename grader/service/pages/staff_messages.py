"""Sentences of the pages for graders and instructors."""

from __future__ import annotations

from grader.english import first_of, people, plural
from grader.service.roster_import import RosterChange

MOST_NAMED = 10

TERMS_SAVED = "The terms are saved; grades follow them at once."
FILES_CHANGED = (
    "What was graded before keeps the grades that the former files gave. Grade it again under “Batch and regrade”."
)
ASSIGNMENT_MADE = "The assignment is in the course."
SLUG_TAKEN = "This course has an assignment of this address; choose another one."
OPENS_LATE = "It would open after its deadline; mend one of the two times."

EXTENSION_SAVED = "The extension is saved."
EXTENSION_REMOVED = "The extension is taken back."

NO_ROSTER = "Choose the roster's file."
MEMBER_SAVED = "The member is saved."
LOGIN_TAKEN = "Somebody else in this course has this login."
NOT_YOURSELF = "You cannot take your own role or access away; another instructor can."

CORRECTED = "The correction is saved; the student's report shows it."
TAKEN_BACK = "The correction is taken back."
REPLACED = "a later correction sets the points"
NOTHING_TO_CORRECT = "This attempt has no result yet. Correct it once it is graded."
GRADED_AGAIN = "The attempt is graded again; its grade of now stands until then."
STILL_GRADED = "The attempt is still to be graded, or being graded."


def breaks(rule: str) -> str:
    """Say which rule a correction breaks."""
    return f"This correction {rule}"


def unfit(error: str, id: str) -> str:
    """Say why a correction does not fit, on the page of whose it is."""
    text = error.removeprefix(f"{id}: ")
    return f"{text[:1].upper()}{text[1:]}"


def unread_roster(error: str, path: str) -> str:
    """Say why a roster could not be read, without where it lay on this machine."""
    return error.replace(path, "The file")


def roster_read(change: RosterChange) -> list[str]:
    """Say what a roster's file changed, and who is in one of the two alone."""
    said = [f"{people(len(change.added))} added, {len(change.changed)} changed, {change.same} as before."]
    if absent := [m.name for m in change.absent]:
        verb, them = ("is", "stays") if len(absent) == 1 else ("are", "stay")
        who = first_of(absent, MOST_NAMED)
        said.append(f"{plural(len(absent), 'student')} of the course {verb} not in the file and {them}: {who}.")
    if left_out := [p.name or p.number for p in change.left_out]:
        said.append(f"Left out, because the login is another member's: {first_of(left_out, MOST_NAMED)}.")
    return said


def waiting(count: int) -> str:
    """Say that attempts are still to be graded and counted nowhere."""
    verb, them = ("waits", "is") if count == 1 else ("wait", "are")
    return f"{plural(count, 'latest attempt')} {verb} to be graded and {them} not counted here."
