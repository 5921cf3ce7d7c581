"""The grades of an assignment in the form that another system reads."""

from __future__ import annotations

from dataclasses import dataclass

from grader.corrections import FinalGrades
from grader.english import people
from grader.export.feedback_files import zipped
from grader.export.formats import Format
from grader.export.request import Options, Request
from grader.export.run_export import run_export
from grader.service.models import CourseAssignment
from grader.service.upload_grades import grades_of, waiting
from grader.service.work.approved import approved


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be downloaded; ``remarks`` are sentences for staff to read before."""

    name: str
    content: bytes
    remarks: tuple[str, ...]


def export_grades(assignment: CourseAssignment, chosen: Format, options: Options) -> ExportedFile:
    """Return what a format makes of an assignment's grades; several files come as a zip.

    Raises UsageError as :func:`grader.export.run_export.run_export` does.
    """
    files = assignment.files
    whole = None if chosen.results else approved(files)
    grades = grades_of(assignment) if chosen.results else FinalGrades({})
    exported = run_export(chosen, Request(grades, files.slug, assignment.title, options, whole))
    name = chosen.file or (options.into.name if options.into else chosen.name)
    content = exported.content
    if not isinstance(content, bytes):
        name, content = f"{chosen.name}.zip", zipped(content)
    elif name == "-":
        name = f"{chosen.name}.txt"
    open_ = waiting(assignment) if chosen.results else 0
    still = (f"still being graded, and without a grade until then: {people(open_)}",) if open_ else ()
    return ExportedFile(name, content, (*still, *exported.remarks))
