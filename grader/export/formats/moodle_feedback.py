"""Moodle's feedback: a zip for "Upload multiple feedback files in a zip".

Moodle reads whose a file is from a folder ``<name>_<participant>_assignsubmission_file``, as its own download has it
(mod/assign/feedback/file/importziplib.php).
"""

from __future__ import annotations

from pathlib import PurePath

from grader.export import messages
from grader.export.feedback_files import feedback_files, file_name, zipped
from grader.export.matching import claims_of
from grader.export.request import Exported, Request
from grader.result import GradingResult


def export(request: Request) -> Exported:
    """Put each page into the folder of its participant."""
    files, remarks = feedback_files(request, _page_name, messages.MOODLE_NUMBER)
    return Exported(zipped(files), remarks)


def _page_name(result: GradingResult) -> str:
    number = next((claim.participant for claim in claims_of(result) if claim.participant), "")
    if not number:
        return ""
    parts = PurePath(result.submission.path).parts
    name = next((p.split("_")[0] for p in parts if p.split("_")[1:2] == [number]), "Participant")
    return f"{file_name(name)}_{number}_assignsubmission_file/feedback.html"
