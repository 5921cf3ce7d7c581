"""Sentences of the long work that staff asks for."""

from __future__ import annotations

from grader.english import plural

NOT_ON_DISK = "its bytes are not in the zip"
SAME_ON_ROSTER = "Several members of the course are told apart by nothing, so it counts for none of them."
OTHER_FILES = (
    "The assignment's files are others than those that were previewed, so nothing was published. Preview again."
)
DISCARDED = "This preview was thrown away, so nothing was published."
NOTHING_CHOSEN = "No graded submission is of that choice, so nothing was graded again."
VALID = "Every check does what it should."
NOT_VALID = "Validation found something: see the report."


def nothing_in(name: str) -> str:
    return f"{name} holds no submission. Upload the zip as the platform made it."


def batch_taken(taken: int, again: int, unmatched: int) -> str:
    """Count what a batch brought: new, taken before, and by nobody that is known."""
    before = f", {again} taken before" if again else ""
    nobody = f", {unmatched} by nobody on the roster" if unmatched else ""
    return f"{plural(taken, 'submission')} taken{before}{nobody}."


def published(count: int, left: int) -> str:
    """Count the results that were published, and those that something else came before."""
    rest = f", {left} left as {'it was' if left == 1 else 'they were'}" if left else ""
    return f"{plural(count, 'result')} published{rest}."
