"""What was handed in with an upload, as the grader takes it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from grader.assignment import Assignment
from grader.intake import find_one
from grader.service.blob_store import blob_path
from grader.service.member_rows import upload_facts
from grader.service.models import Upload
from grader.submission import Submission, SupportingFile, digest_with

_LONGEST_NAME = 120  # bytes


def submission_of(upload: Upload, assignment: Assignment, scratch: Path) -> Submission:
    """Return what was handed in, its files under their original names."""
    place = scratch / "submission"
    place.mkdir()
    notebook = place / base_name(upload.file_name)
    os.link(blob_path(upload.sha256), notebook)
    found = find_one(notebook, scratch=scratch, functions=assignment.names)
    beside = []
    for file in upload.files.all():
        path = blob_path(file.sha256)
        beside.append(SupportingFile(file.name, file.size, file.sha256, path))
    if beside:
        found = replace(found, files=tuple(beside), sha256=digest_with(found.sha256, beside))
    return described(upload, found)


def described(upload: Upload, found: Submission) -> Submission:
    """Return a submission with what the course knows of who handed it in, and when."""
    told = upload.platform
    return replace(
        found,
        label=told.get("path") or upload.file_name,
        refused=found.refused or told.get("refused", ""),
        withheld=told.get("withheld", ""),
        **upload_facts(upload, upload.assignment, upload.member),
    )


def base_name(name: str) -> str:
    """Return a name of a file that somebody gave, as one that leads nowhere."""
    base = Path(name.replace("\\", "/").replace("\0", "")).name.lstrip(".")
    return base.encode()[-_LONGEST_NAME:].decode(errors="ignore") or "notebook.ipynb"
