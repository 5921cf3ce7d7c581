"""Decide what is to be written for one person: only what changed, never over newer grades."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from grader.export.comments import is_comment
from grader.platforms import messages
from grader.platforms.platform import FEEDBACK_FILE, GradeChange, GradeState
from grader.platforms.push_journal import Known

_TOLERANCE = 0.005  # platforms show and some keep hundredths


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one person's grade is to be on the platform.

    A ``comment`` of None, or no ``page``, is not to be written. ``submitted`` is when what was graded was handed in, in
    ISO 8601, "" if that is not known. With ``replace`` a grade of whomever is replaced.
    """

    grade: float
    comment: str | None = None
    page: bytes | None = None
    submitted: str = ""
    replace: bool = False

    @property
    def file(self) -> str:
        """The name of the page's file, another one for another page; "" without a page."""
        return f"feedback-{hashlib.sha256(self.page).hexdigest()[:12]}.html" if self.page else ""

    @property
    def comment_digest(self) -> str:
        """What the journal knows the comment by."""
        return hashlib.sha256(_with_single_blanks(self.comment).encode()).hexdigest()[:16] if self.comment else ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The change to be written, None for none; ``left`` says why a difference stays.

    ``kept`` are sentences on feedback of somebody's that stays.
    """

    change: GradeChange | None = None
    left: str = ""
    kept: tuple[str, ...] = ()


def decide(wanted: Wanted, state: GradeState, known: Known, *, one_comment: bool) -> Decision:
    """Return what is to be written where the platform holds ``state``."""
    if left := _why_left(wanted, state, known):
        return Decision(left=left)
    grade = None if state.grade is not None and same_grade(state.grade, wanted.grade) else wanted.grade
    comment, file, kept = _feedback(wanted, state, known, one_comment=one_comment)
    if grade is None and comment is None and file is None:
        return Decision(kept=kept)
    return Decision(GradeChange(grade, comment, file), kept=kept)


def same_grade(one: float, other: float) -> bool:
    """Return whether two grades are the same on a platform."""
    return abs(one - other) < _TOLERANCE


def _why_left(wanted: Wanted, state: GradeState, known: Known) -> str:
    if state.blocked:
        return state.blocked
    if _is_after(state.submitted, wanted.submitted):
        return messages.handed_in_again(state.attempt)
    if wanted.replace or (state.grade is not None and same_grade(state.grade, wanted.grade)):
        return ""
    if state.grade is None:
        gone = known.last is not None and known.last.attempt == state.attempt
        return messages.REMOVED_THERE if gone else ""
    if any(same_grade(state.grade, grade) for grade in known.grades):
        return ""
    if known.last is not None:
        return messages.changed_there(known.last.grade, state.grade)
    return messages.not_from_here(state.grade)


def _feedback(
    wanted: Wanted, state: GradeState, known: Known, *, one_comment: bool
) -> tuple[str | None, tuple[str, bytes] | None, tuple[str, ...]]:
    """Return the comment and the file to be written, and sentences on what stays."""
    there, kept = _with_single_blanks(state.comment), list[str]()
    comment = wanted.comment if wanted.comment is not None and there != _with_single_blanks(wanted.comment) else None
    ours = not there or is_comment(there)
    if comment is not None and one_comment and not ours:
        comment = None
        kept.append(messages.COMMENT_STAYS)
    elif comment is not None and there and ours and known.last and known.last.comment == wanted.comment_digest:
        comment = None  # it is there, and the platform writes it in another way
    file = (wanted.file, wanted.page) if wanted.page and wanted.file not in map(_first_name, state.files) else None
    if file and one_comment and any(not FEEDBACK_FILE.fullmatch(name) for name in state.files):
        file = None
        kept.append(messages.FILES_STAY)
    if not one_comment and (comment is not None or file):  # they are one comment: who reads it gets both
        comment, file = wanted.comment, ((wanted.file, wanted.page) if wanted.page else None)
    return comment, file, tuple(kept)


def _first_name(name: str) -> str:
    """Return the name that a file had before a platform told it from another of that name."""
    match = FEEDBACK_FILE.fullmatch(name)
    return f"{match[1]}.html" if match else name


def _is_after(one: str, other: str) -> bool:
    """Return whether a time is later than another, where both are known with their zone."""
    if not one or not other:
        return False
    first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    return first.tzinfo is not None and second.tzinfo is not None and first > second


def _with_single_blanks(text: str | None) -> str:
    return " ".join((text or "").split())
