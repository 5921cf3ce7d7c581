"""The students' pages of a batch, put together for platforms that take feedback as files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from grader.errors import UsageError
from grader.export import messages
from grader.export.grades import grade_remarks, who
from grader.export.request import Request
from grader.report import student_page
from grader.result import GradingResult

_UNSAFE = re.compile(r"[^\w.+@ -]|^\.+")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages make the same zip


def feedback_files(
    request: Request, name_of: Callable[[GradingResult], str], known_by: str
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the page of everybody who has a grade, by file name, and sentences for staff.

    ``name_of`` gives each page its name. An empty name says that the platform cannot tell whose it is. Raises
    UsageError where that is so for everybody, and for anybody unless the request is for what can be exported.
    """
    graded = [r for r in request.results if request.final(r).score is not None]
    files: dict[str, bytes] = {}
    strangers = []
    for result in graded:
        name = name_of(result)
        if name in files:
            raise UsageError(messages.two_of_one_name(name, who(result)))
        if name:
            page = student_page(request.final(result), assignment_title=request.title)
            files[name] = page.encode("utf-8", "backslashreplace")
        else:
            strangers.append(who(result))
    if not graded:
        raise UsageError(messages.NO_FEEDBACK)
    unnamed = messages.without_number(strangers, known_by)
    if not files:
        raise UsageError(messages.none_with_number(unnamed))
    if strangers and not request.options.partial:
        raise UsageError(messages.some_without_number(unnamed))
    return files, (*([unnamed] if strangers else ()), *grade_remarks(request))


def zipped(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """Return files as a zip, by their names in it; some may be executed."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(entry, files[name])
    return data.getvalue()


def file_name(text: str) -> str:
    """Return a text as the name of a file or folder that is one everywhere and leads nowhere."""
    return _UNSAFE.sub("_", text.strip()).strip() or "_"
