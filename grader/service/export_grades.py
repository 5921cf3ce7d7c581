"""The grades of an assignment in the form that another system reads."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.corrections import FinalGrades
from grader.english import people
from grader.errors import UsageError
from grader.export.feedback_files import zipped
from grader.export.formats import Format
from grader.export.request import Options, Request
from grader.export.run_export import run_export
from grader.service import access
from grader.service.models import CourseAssignment, Role
from grader.service.upload_grades import count_waiting, grades_of
from grader.service.work.approved import approved
from grader.service.work.scratch import scratch_folder
from grader.service.work.upload_submission import base_name

FILE_OPTIONS = ("into", "metadata", "wheel")
"""Options of formats that are files."""

MOST_FILE_MB = 2
"""The size of the largest of them; between two requests of a page it travels in a form."""

_TEXTS = ("column", "submission")


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be downloaded; ``remarks`` are sentences for staff to read before."""

    name: str
    content: bytes
    remarks: tuple[str, ...]


def exporters(chosen: Format) -> tuple[Role, ...]:
    """Return the roles that may export to a format: without results it holds the solution."""
    return access.STAFF if chosen.results else access.INSTRUCTORS


def exportable(chosen: Format, assignment: CourseAssignment) -> bool:
    """Return whether a course may have it: one with the solution if the files are for it."""
    files = assignment.files.courses
    return bool(chosen.results) or not files.exists() or files.filter(pk=assignment.course_id).exists()


def export_with_files(
    assignment: CourseAssignment, chosen: Format, texts: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]
) -> ExportedFile:
    """Return what a format makes of an assignment's grades, with options as clients send them.

    ``files`` are names and contents by option. Raises UsageError, whose text and whose remarks name no place here.
    """
    with tempfile.TemporaryDirectory(prefix="grader-export-", dir=scratch_folder()) as folder:
        given: dict[str, Any] = {}
        for option in (o for o in FILE_OPTIONS if o in files and o in chosen.options):
            name, data = files[option]
            given[option] = Path(folder, option, base_name(name or option))
            given[option].parent.mkdir()
            given[option].write_bytes(data)
        for option in set(chosen.options) - {*FILE_OPTIONS}:
            text = texts.get(option, "").strip()
            given[option] = text if option in _TEXTS else bool(text)
        inside = re.compile(rf"{re.escape(folder)}/\w+/")
        try:
            made = export_grades(assignment, chosen, Options(**given))
        except UsageError as error:
            raise UsageError(inside.sub("", str(error))) from error
        return replace(made, remarks=tuple(inside.sub("", remark) for remark in made.remarks))


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
    open_ = count_waiting(assignment) if chosen.results else 0
    still = (f"still being graded, and without a grade until then: {people(open_)}",) if open_ else ()
    return ExportedFile(name, content, (*still, *exported.remarks))
