"""What a format is asked to export, and what it makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment
from grader.corrections import FinalGrade, FinalGrades
from grader.result import GradingResult


@dataclass(frozen=True, slots=True)
class Options:
    """The options of ``grader export`` that are some formats' alone.

    :class:`grader.export.formats.Format` says whose. ``into`` is the file of the platform to fill in, ``column`` the
    assignment's column there where that has another title, ``metadata`` what the platform says of an upload, ``wheel``
    the grader's own. ``zero`` gives 0 to who handed in nothing, ``partial`` exports what can be exported where not all
    can be, ``scale`` converts to the points that the platform gives. ``submission`` is the id of the one submission
    that is meant.
    """

    into: Path | None = None
    column: str = ""
    metadata: Path | None = None
    wheel: Path | None = None
    zero: bool = False
    partial: bool = False
    scale: bool = False
    submission: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A batch to be exported: grades, the assignment's name and title, and itself if known."""

    grades: FinalGrades
    slug: str
    title: str
    options: Options
    assignment: Assignment | None = None

    @classmethod
    def of(cls, grades: FinalGrades, assignment: Assignment | None, options: Options) -> Request:
        """Return the request for a batch; its rows name an assignment that is not known."""
        if assignment:
            return cls(grades, assignment.slug, assignment.title, options, assignment)
        slug = next((r.assignment for r in grades.results), "")
        return cls(grades, slug, slug, options)

    @property
    def results(self) -> tuple[GradingResult, ...]:
        """The results with what staff corrected, their scores the final ones."""
        return self.grades.results

    def final(self, result: GradingResult) -> FinalGrade:
        """Return the grade that a result was made of, also a redacted one."""
        return self.grades.by_id[result.submission.id]

    def grade_of(self, result: GradingResult) -> float | None:
        """Return the points to be entered; None where there is no grade, which is never a 0.

        With the option ``zero``, who handed in nothing gets 0.
        """
        return self.final(result).score_or_zero(zero=self.options.zero)


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's bytes, or those of several files by their paths in a folder.

    ``remarks`` are sentences for staff. What is ``private`` can be read by its owner alone.
    """

    content: bytes | Mapping[str, bytes]
    remarks: tuple[str, ...] = ()
    private: bool = False
