"""What staff is to know of a batch before and after its grades: doubts first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from grader.intake import messages
from grader.intake.discover import Found
from grader.sanitize import one_line
from grader.submission import Absence, Submission

_FEW = 2  # submissions by nobody on a roster: somebody who left, a tutor's trial


class Remark(NamedTuple):
    """A remark on some files of a batch: their number, what they are, and their labels."""

    title: str
    labels: tuple[str, ...]


def doubts(
    submissions: Sequence[Submission], strangers: Sequence[Submission], absences: Sequence[Absence]
) -> list[Remark]:
    """Return sentences on submissions of which it is not sure whose they are or which count.

    Where everybody is absent, one sentence says so.
    """
    rows = Counter((s.name, s.student_id) for s in submissions)
    return _counted_remarks(
        (messages.all_absent, (a.student for a in absences if len(strangers) == len(submissions))),
        (messages.conflicting, (f"{s.label}: {' '.join(s.conflicts)}" for s in submissions if s.conflicts)),
        (messages.not_on_roster, (s.label for s in strangers)),
        (messages.several_rows, (s.label for s in submissions if s.name and rows[s.name, s.student_id] > 1)),
    )


def are_many(doubtful: Sequence[Remark], submissions: Sequence[Submission], strangers: Sequence[Submission]) -> bool:
    """Tell whether there are doubts besides a few people who are not on the roster."""
    few = len(strangers) <= _FEW and 5 * len(strangers) < len(submissions)
    return len(doubtful) > bool(strangers) or not few


def intake_remarks(submissions: Sequence[Submission], found: Found) -> list[Remark]:
    """Return what was not graded, or not understood."""
    kinds = sorted(set(found.passed_over.values()))
    return _counted_remarks(
        *(
            (partial(messages.unclear_times, what=w), [s.label for s in submissions if w in s.remarks])
            for w in sorted({w for s in submissions for w in s.remarks})
        ),
        (messages.earlier_attempts, (e for s in submissions for e in s.earlier)),
        (messages.not_notebooks, found.extras),
        *(
            (partial(messages.passed_over, kind=k), sorted(x for x, of in found.passed_over.items() if of == k))
            for k in kinds
        ),
    )


def _counted_remarks(*remarks: tuple[Callable[[int], str], Iterable[str]]) -> list[Remark]:
    found_labels = ((title, tuple(map(one_line, labels))) for title, labels in remarks)
    return [Remark(title(len(labels)), labels) for title, labels in found_labels if labels]


def remarks_text(remarks: Sequence[Remark]) -> str:
    """Return a text of all remarks with all of their labels, a line each."""
    return "".join(f"{title}:\n" + "".join(f"  {label}\n" for label in labels) for title, labels in remarks)
