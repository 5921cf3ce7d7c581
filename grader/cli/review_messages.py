"""The sentences of ``grader review``, and what runs say of corrections."""

from __future__ import annotations

from collections.abc import Sequence

from grader.cli.batch_messages import first_of
from grader.english import plural

# --- wrong usage, and what was done ---

NOTHING_SET = "Nothing was corrected."
NOBODY_TO_SET = "whose grade is to be corrected? Give PERSON, an id or a name as in grades.csv, after `set`."
NOTHING_TO_SET = (
    "what is to be set? Give --points, --comment, --excuse, --waive-late or --days-late; --undo takes back the last."
)
LIST_ALONE = "`list` takes no person and nothing to set; to set something say `set PERSON` in its place."
ALONE = "--undo and --again go with nothing else that is to be set."


def of_the_whole(option: str) -> str:
    """Say that something is of whole submissions alone."""
    return f"{option} is of a whole submission; leave --exercise and --check out."


def corrected(id: str, before: str, after: str) -> str:
    """Tell a person's grade before and after a correction."""
    return f"{id}: {before} before, {after} now"


# --- what is open after grading and rendering ---


def not_applied(count: int) -> str:
    """Say that corrections do not fit what was graded."""
    return f"Corrections of {plural(count, 'submission')} do not fit and were not applied"


def offered(count: int) -> str:
    """Say that corrections are of an earlier submission, and how they are taken over."""
    return (
        f"Corrections of {plural(count, 'submission')} are of what was handed in before and were not applied; "
        "`grader review OUT set ID --again` applies them"
    )


def too_many_attempts(count: int) -> str:
    """Say that submissions are an attempt too many."""
    return f"{plural(count, 'submission')} {'has' if count == 1 else 'have'} no grade, for too many attempts"


def days_wanted(ids: Sequence[str], out: str) -> str:
    """Ask by how many days submissions were late."""
    late = (
        f"{plural(len(ids), 'submission')} {'is' if len(ids) == 1 else 'are'} late, and nothing tells by how many days"
    )
    return (
        f"{late}, so there is no final grade for {first_of(ids)}; say it with `grader review {out} set ID --days-late "
        "N`, or, where times are known, give the deadline in the course file."
    )
