"""Find the row of a batch that a correction or an extension names."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from grader.result import GradingResult
from grader.submission import SubmissionRecord

_NAMES: tuple[Callable[[SubmissionRecord], Iterable[str]], ...] = (
    lambda s: (s.id,),
    lambda s: (s.person,),
    lambda s: s.student_id.split("; "),
    lambda s: (n for c in s.claims for n in (c.id, c.sis, c.login, c.email)),
    lambda s: (s.student,),
    lambda s: s.name.split("; "),
)
"""By what a row may be named; what is unlike for two people comes first."""

_LASTING = ("person", "student_id", "student", "id")
"""The same in the order in which they outlast a new attempt, and grading without the roster."""


class RowNames:
    """The rows of a batch by what they may be named."""

    def __init__(self, results: Sequence[GradingResult]) -> None:
        self._found: list[dict[str, list[GradingResult]]] = []
        for names in _NAMES:
            by_name: defaultdict[str, list[GradingResult]] = defaultdict(list)
            for result in results:
                for name in {_folded_name(n) for n in names(result.submission) if n}:
                    by_name[name].append(result)
            self._found.append(by_name)

    def find(self, name: str) -> list[GradingResult]:
        """Return the rows with an id of this name, else those of the number, student or person."""
        return next((by_name[_folded_name(name)] for by_name in self._found if _folded_name(name) in by_name), [])

    def near(self, name: str) -> list[str]:
        """Return names of rows that this may be meant for."""
        known = {n for by_name in self._found for n in by_name}
        return difflib.get_close_matches(_folded_name(name), sorted(known), n=3)

    def lasting(self, result: GradingResult) -> str:
        """Return a name that is this row's alone and, if there is one, a next attempt's too.

        It can be written down: a file's name may hold what is no text.
        """
        names = (str(getattr(result.submission, key)) for key in _LASTING)
        return next(name for name in names if name.isprintable() and self.find(name) == [result])


def _folded_name(name: str) -> str:
    return " ".join(name.split()).casefold()
