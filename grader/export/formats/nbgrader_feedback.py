"""nbgrader's feedback tree, for ``nbgrader release_feedback``.

Its files are ``feedback/<student>/<assignment>/<notebook>.html``.
"""

from __future__ import annotations

from pathlib import PurePath

from grader.export.feedback_files import feedback_files, file_name
from grader.export.request import Exported, Request
from grader.result import GradingResult


def export(request: Request) -> Exported:
    """Put each page where nbgrader looks for the feedback on what it collected."""
    files, remarks = feedback_files(request, lambda result: _page_name(result, request.slug), "a student")
    return Exported(files, remarks)


def _page_name(result: GradingResult, slug: str) -> str:
    """Return the page's place by the path's student and assignment, else by the result's."""
    parts = PurePath(result.submission.path).parts
    student, assignment = result.submission.student, slug
    for at, part in enumerate(parts[:-1]):
        if part in ("submitted", "autograded") and at + 3 < len(parts):
            student, assignment = parts[at + 1 : at + 3]
        elif part.count("+") >= 2:
            student, assignment = part.split("+")[:2]
    notebook = PurePath(parts[-1]).stem if parts else slug
    return "/".join(("feedback", file_name(student), file_name(assignment), f"{file_name(notebook)}.html"))
