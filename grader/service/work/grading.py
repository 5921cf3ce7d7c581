"""Grade one upload in a worker: from its row to its published result."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import uuid
from dataclasses import replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from grader.assignment import Assignment, load_assignment
from grader.errors import GraderError, UsageError
from grader.examiners_by_assignment import ExaminersByAssignment
from grader.intake import find_one
from grader.result import GradingResult, SubmissionStatus
from grader.service import messages
from grader.service.blob_store import blob_path
from grader.service.member_rows import upload_facts
from grader.service.models import ApprovedAssignment, PublishedResult, State, Upload
from grader.submission import Submission, SupportingFile, digest_with
from grader.worker import Examiners, failed

log = logging.getLogger(__name__)

MOST_TRIES = 5
AGAIN = "again"
"""What is returned where grading failed through a fault of ours and is to be tried again."""

_STATES = {SubmissionStatus.GRADED: State.GRADED, SubmissionStatus.UNREADABLE: State.UNREADABLE}
_lock = threading.Lock()


@cache
def all_examiners() -> ExaminersByAssignment:
    """Return this process's examiners, whose zygotes are warm from the first upload on."""
    return ExaminersByAssignment(jobs=1, private=(settings.DATA,))


def try_to_grade(pk: uuid.UUID, version: int, worker: str) -> str:
    """Grade a version of an upload, publish its result and return its state, or ``AGAIN``.

    A version that has a result is left as it is. Each try is counted before it begins, so that an upload which ends
    workers is given up after five.
    """
    upload = Upload.objects.select_related("assignment__files", "member").get(pk=pk)
    if upload.version != version or upload.results.filter(version=version).exists():
        return upload.state
    Upload.objects.filter(pk=pk).update(tries=F("tries") + 1, state=State.GRADING)
    upload.refresh_from_db(fields=["tries"])
    with tempfile.TemporaryDirectory(prefix="grader-upload-", dir=scratch_folder()) as scratch:
        result = _grade(upload, Path(scratch))
    if result.status is SubmissionStatus.ERROR and upload.tries < MOST_TRIES:
        log.warning("could not be graded, will be tried again", extra={"upload": str(pk), "tries": upload.tries})
        return AGAIN
    return publish(upload, version, result, worker)


def publish(upload: Upload, version: int, result: GradingResult, worker: str) -> str:
    """Write the result of a version, unless it has one, and return the upload's state."""
    state = _STATES.get(result.status, State.ERROR)
    with transaction.atomic():
        PublishedResult.objects.get_or_create(
            upload=upload,
            version=version,
            defaults={
                "status": result.status,
                "score": result.score,
                "max_score": result.max_score,
                "document": result.to_json(),
                "worker": worker,
            },
        )
        Upload.objects.filter(pk=upload.pk, version=version).update(state=state)
    log.info(
        "graded",
        extra={"upload": str(upload.pk), "version": version, "state": state, "duration_s": round(result.duration_s, 3)},
    )
    return state


def _grade(upload: Upload, scratch: Path) -> GradingResult:
    assignment: Assignment | None = None
    try:
        assignment = approved(upload.assignment.files)
        submission = submission_of(upload, assignment, scratch)
        if upload.tries > MOST_TRIES:
            return failed(submission, assignment, messages.TRIED_TOO_OFTEN)
        [result] = examiners_of(assignment).grade([submission])
    except GraderError as error:
        log.warning("could not be graded: %s", error, extra={"upload": str(upload.pk)})
        return _failed(upload, assignment, str(error))
    return result


def _failed(upload: Upload, assignment: Assignment | None, why: str) -> GradingResult:
    files = upload.assignment.files
    record = _described(upload, Submission("upload", "", Path("/"), upload.file_name, upload.sha256)).record()
    most = assignment.max_score if assignment else files.max_score
    return GradingResult(record, files.slug, SubmissionStatus.ERROR, 0.0, most, message=why)


def approved(files: ApprovedAssignment) -> Assignment:
    """Return an approved assignment; raises UsageError where it is not what was approved."""
    if files.withdrawn:
        raise UsageError(messages.withdrawn(files.slug))
    return _approved(files.path, files.digest, files.slug)


@cache
def _approved(path: str, digest: str, slug: str) -> Assignment:
    assignment = load_assignment(path)
    if assignment.digest != digest:
        raise UsageError(messages.not_approved(slug))
    return assignment


def examiners_of(assignment: Assignment) -> Examiners:
    """Return an assignment's examiners, ready; raises GraderError where nothing can be graded."""
    with _lock:  # one thread starts a zygote and tries the assignment, the others wait for it
        examiners = all_examiners().of(assignment)
        _ = examiners.info
    return examiners


def submission_of(upload: Upload, assignment: Assignment, scratch: Path) -> Submission:
    """Return what was handed in, with its files under the names that the student gave them."""
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
    return _described(upload, found)


def _described(upload: Upload, found: Submission) -> Submission:
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
    base = Path(name.replace("\\", "/")).name.lstrip(".")
    return base[-120:] or "notebook.ipynb"


@cache
def scratch_folder() -> Path:
    """Return the folder in which work has folders of its own, on the disk of the uploads."""
    folder: Path = settings.DATA / "grading"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder
