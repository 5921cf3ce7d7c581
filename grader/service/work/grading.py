"""Grade one upload in a worker: from its row to its published result."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import uuid
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction

from grader.assignment import Assignment
from grader.corrections import final_grade
from grader.errors import GraderError, KernelError
from grader.examiners_by_assignment import ExaminersByAssignment
from grader.report.staff_attention import attention
from grader.result import GradingResult, SubmissionStatus
from grader.service import messages
from grader.service.hook_events import tell_published
from grader.service.models import PublishedResult, State, Upload
from grader.service.work.approved import approved
from grader.service.work.scratch import has_room, scratch_folder
from grader.service.work.tries import MOST_TRIES, BegunTries, give_back
from grader.service.work.upload_submission import described, submission_of
from grader.submission import Submission
from grader.worker import failed

log = logging.getLogger(__name__)

TRIES = BegunTries()
"""The examiners of this process, made at the first use."""

GONE = "gone"
"""What is returned for a version that is not to be graded any more."""

_STATES = {SubmissionStatus.GRADED: State.GRADED, SubmissionStatus.UNREADABLE: State.UNREADABLE}
_PAUSE_S = 60.0  # at most, between two tries
_MOST_STARTS = 20
_failed_starts: dict[str, int] = {}
"""How often in a row no zygote started, by the assignment's digest."""


@cache
def all_examiners() -> ExaminersByAssignment:
    """Return this process's examiners, whose zygotes are warm from the first upload on."""
    return ExaminersByAssignment(jobs=1, private=(settings.DATA,))


def grade_version(pk: uuid.UUID, version: int, worker: str) -> str:
    """Grade a version of an upload until it has a result, and return the upload's state.

    A version that has a result is left as it is. Where grading fails through a fault of ours it is tried again, and
    given up after five tries; while this machine has no room on its disk nothing is tried, and no try is used up.
    """
    while (state := _try(pk, version, worker)) is None:
        pass
    return state


def _try(pk: uuid.UUID, version: int, worker: str) -> str | None:
    upload = Upload.objects.select_related("assignment__files", "member").filter(pk=pk, version=version).first()
    if upload is None:
        return GONE
    if published := upload.results.filter(version=version).first():
        return _follow(upload, SubmissionStatus(published.status))
    if not has_room():
        log.error("there is no room on the disk to grade; it waits", extra={"upload": str(pk)})
        TRIES.pause(_PAUSE_S / 4)
        return None
    with TRIES.try_of(pk, version, alone=upload.tries > 0) as counted:
        if not counted:
            return GONE
        upload.refresh_from_db(fields=["tries"])
        result = _grade(upload)
        if result is None or result.status is SubmissionStatus.ERROR:
            TRIES.wait_for_end()
        if result is None or (result.status is SubmissionStatus.ERROR and not has_room()):
            give_back([(pk, version)])
            return None
        if result.status is not SubmissionStatus.ERROR or upload.tries >= MOST_TRIES:
            return publish(upload, version, result, worker)
    log.warning("could not be graded, will be tried again", extra={"upload": str(pk), "tries": upload.tries})
    TRIES.pause(min(2.0**upload.tries, _PAUSE_S))
    return None


def publish(upload: Upload, version: int, result: GradingResult, worker: str) -> str:
    """Write the result of a version, unless it has one, and return the upload's state."""
    with transaction.atomic():
        if not Upload.objects.select_for_update().filter(pk=upload.pk).exists():
            return GONE  # what its person had handed in was deleted meanwhile
        published, made = PublishedResult.objects.get_or_create(
            upload=upload,
            version=version,
            defaults={
                "status": result.status,
                "score": result.score,
                "max_score": result.max_score,
                "attention": bool(attention(final_grade(result))),
                "document": result.to_json(),
                "worker": worker,
            },
        )
        state = _follow(upload, SubmissionStatus(published.status))
        if made:
            tell_published(published)
    log.info(
        "graded",
        extra={"upload": str(upload.pk), "version": version, "state": state, "duration_s": round(result.duration_s, 3)},
    )
    return state


def _follow(upload: Upload, status: SubmissionStatus) -> str:
    """Give an upload the state that its result says."""
    state = _STATES.get(status, State.ERROR)
    Upload.objects.filter(pk=upload.pk, version=upload.version).update(state=state)
    return state


def _grade(upload: Upload) -> GradingResult | None:
    """Grade an upload; whatever fails but the database is a result too.

    None where no zygote starts, which says nothing about the upload; when that goes on it is a result at last.
    """
    assignment: Assignment | None = None
    try:
        assignment = approved(upload.assignment.files)
        if upload.tries > MOST_TRIES:
            return _failed(upload, assignment, messages.TRIED_TOO_OFTEN)
        with tempfile.TemporaryDirectory(prefix="upload-", dir=scratch_folder()) as scratch:
            submission = submission_of(upload, assignment, Path(scratch))
            with contextlib.ExitStack() as used:
                try:
                    examiners = used.enter_context(all_examiners().use(assignment))
                except KernelError as error:
                    return _not_ready(upload, assignment, error)
                _failed_starts.pop(assignment.digest, None)
                [result] = examiners.grade([submission])
            return result
    except DatabaseError:
        raise
    except GraderError as error:
        log.warning("could not be graded", exc_info=True, extra={"upload": str(upload.pk)})
        return _failed(upload, assignment, str(error))
    except Exception:
        log.exception("grading failed", extra={"upload": str(upload.pk)})
        return _failed(upload, assignment, messages.TRIED_TOO_OFTEN)


def _not_ready(upload: Upload, assignment: Assignment, error: KernelError) -> GradingResult | None:
    failed_starts = _failed_starts[assignment.digest] = _failed_starts.get(assignment.digest, 0) + 1
    log.error("no zygote starts", exc_info=error, extra={"upload": str(upload.pk)})
    if failed_starts > _MOST_STARTS:
        return _failed(upload, assignment, str(error))
    TRIES.pause(min(2.0**failed_starts, _PAUSE_S))
    return None


def _failed(upload: Upload, assignment: Assignment | None, why: str) -> GradingResult:
    submission = described(upload, Submission("upload", "", Path("/"), upload.file_name, upload.sha256))
    if assignment:
        return failed(submission, assignment, why)
    files = upload.assignment.files
    return GradingResult(submission.record(), files.slug, SubmissionStatus.ERROR, 0.0, files.max_score, message=why)
