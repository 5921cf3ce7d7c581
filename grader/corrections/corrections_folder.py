"""The corrections and the course of an output folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.corrections import messages
from grader.corrections.course import CourseTerms
from grader.corrections.course_file import read_course
from grader.corrections.final_grades import FinalGrades, final_grades
from grader.corrections.override import Override
from grader.corrections.overrides_file import read_overrides
from grader.errors import UsageError
from grader.result import GradingResult

OVERRIDES, _COURSE = "overrides.toml", "course.path"
"""The file of the corrections, and the one that says where the course's file is."""

_NO_TERMS = CourseTerms()


@dataclass(frozen=True, slots=True)
class Corrections:
    """What staff and a course say of a batch."""

    overrides: tuple[Override, ...] = ()
    course: CourseTerms = _NO_TERMS

    @property
    def digest(self) -> str:
        """A text that is another one where they say another thing."""
        return hashlib.sha256(repr(self).encode("utf-8", "backslashreplace")).hexdigest()

    def grades(self, results: Sequence[GradingResult]) -> FinalGrades:
        """Return the grades of a batch's results.

        Their problems begin with one of a course that says nothing of this assignment but of others.
        """
        assignment, named = results[0].assignment if results else "", self.course.assignments
        grades = final_grades(results, self.overrides, self.course.terms(assignment))
        if not results or not named or assignment in named:
            return grades
        return replace(grades, problems=(messages.not_in_course(assignment, [*named]), *grades.problems))


def read_corrections(out: Path) -> Corrections:
    """Return a folder's corrections and its course; raises UsageError where one is not valid."""
    place = _remembered_course(out)
    return Corrections(read_overrides(out / OVERRIDES), read_course(place) if place else _NO_TERMS)


def remember_course(out: Path, path: Path) -> None:
    """Have a folder's grades follow a course's file from now on.

    Raises UsageError where that is not valid.
    """
    read_course(path)
    write_atomically(out / _COURSE, f"{path.resolve()}\n".encode("utf-8", "surrogateescape"))


def _remembered_course(out: Path) -> Path | None:
    """Return the course's file that a folder remembers; raises UsageError where it is gone."""
    try:
        place = Path((out / _COURSE).read_bytes().decode("utf-8", "surrogateescape").rstrip("\n"))
    except FileNotFoundError:
        return None
    if not place.is_file():
        raise UsageError(messages.course_gone(out, place))
    return place
