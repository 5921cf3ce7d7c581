"""Canvas's feedback: a zip for "Upload submissions".

Canvas makes each page a comment on the submission. Canvas takes the first two parts of a name that are all digits for
the user's and the upload's number, and ignores a file whose upload is not one of that submission (canvas-lms,
app/models/assignment.rb).
"""

from __future__ import annotations

from pathlib import PurePath

from grader.export import messages
from grader.export.feedback_files import feedback_files, zipped
from grader.export.matching import claims_of
from grader.export.request import Exported, Request
from grader.result import GradingResult


def export(request: Request) -> Exported:
    """Name each page as the file that was handed in, so that Canvas knows whose it is."""
    files, remarks = feedback_files(request, _page_name, messages.CANVAS_NUMBERS)
    return Exported(zipped(files), remarks)


def _page_name(result: GradingResult) -> str:
    """Return ``doejane_4711_98765_hw1_feedback.html`` for ``doejane_4711_98765_hw1.ipynb``."""
    users = {claim.id for claim in claims_of(result) if claim.id}
    for part in PurePath(result.submission.path).parts:
        words = part.split("_")
        numbers = [at for at, word in enumerate(words) if word.isascii() and word.isdigit()][:2]
        if len(numbers) == 2 and words[numbers[0]] in users and numbers[1] + 1 < len(words):
            return f"{PurePath(part).stem}_feedback.html"
    return ""
