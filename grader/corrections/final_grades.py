"""The grades of a batch: whose corrections and extensions are whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.corrections import messages
from grader.corrections.course import Extension, Terms
from grader.corrections.final_grade import FinalGrade, final_grade
from grader.corrections.override import Override
from grader.corrections.row_names import RowNames
from grader.result import GradingResult


@dataclass(frozen=True, slots=True)
class FinalGrades:
    """The grades of a batch by the submission's id, in its order.

    ``problems`` are sentences for staff on corrections and extensions that are of nobody, or of several people.
    """

    by_id: Mapping[str, FinalGrade]
    problems: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[GradingResult, ...]:
        """The results as people are shown them."""
        return tuple(grade.result for grade in self.by_id.values())


def final_grades(
    results: Sequence[GradingResult], overrides: Iterable[Override] = (), terms: Terms | None = None
) -> FinalGrades:
    """Return the grades of results whose ids differ."""
    names, problems = RowNames(results), list[str]()
    corrections: defaultdict[str, list[Override]] = defaultdict(list)
    for override in overrides:
        rows = rows_of(names, override)
        if len(rows) == 1:
            corrections[rows[0].submission.id].append(override)
        else:
            problems.append(messages.not_of_one(override, [row.submission.id for row in rows]))
    extensions: defaultdict[str, list[Extension]] = defaultdict(list)
    for extension in terms.extensions if terms else ():
        rows = names.find(extension.person)
        if len(rows) == 1:
            extensions[rows[0].submission.id].append(extension)
        else:
            problems.append(messages.not_of_one(extension, [row.submission.id for row in rows]))
    by_id = {r.submission.id: r for r in results}
    grades = {id_: final_grade(r, corrections[id_], terms, extensions[id_]) for id_, r in by_id.items()}
    return FinalGrades(grades, tuple(problems))


def rows_of(names: RowNames, override: Override) -> list[GradingResult]:
    """Return the rows that a correction may be of: its person's, of several its file's."""
    rows = names.find(override.person)
    of_file = [row for row in rows if override.is_of(row.submission.sha256)]
    return of_file if len(rows) > 1 and of_file else rows
