"""Grade submissions again: what that would change, then publish it or not."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from grader.assignment import Assignment
from grader.batch import holds
from grader.errors import UsageError
from grader.messages import regraded
from grader.provenance import Provenance
from grader.regrade import RegradedGrade
from grader.replay import Replay
from grader.result import GradingResult, Outcome, SubmissionStatus
from grader.service.models import CourseAssignment, PreviewedResult, PublishedResult, State, Task, Upload
from grader.service.upload_grades import (
    counting_results,
    grades_of,
    latest_uploads,
    newest_results,
    result_of,
    students,
)
from grader.service.work import task_messages
from grader.service.work.approved import approved
from grader.service.work.grading import all_examiners, publish
from grader.service.work.scratch import scratch_folder
from grader.service.work.task_progress import Choice, advance
from grader.service.work.upload_submission import submission_of
from grader.typed_json import plain


def preview_regrade(task: Task) -> None:
    """Grade again what was chosen and no longer holds, and publish nothing.

    ``given`` has the ``choice``: all, those that could not be graded, or those that did not pass the ``check``. The
    results are kept as :class:`grader.service.models.PreviewedResult`; ``found`` tells what they would change.
    """
    files = approved(task.of_assignment.files)
    chosen = _chosen(task)
    if not chosen:
        raise UsageError(task_messages.NOTHING_CHOSEN)
    held = 0
    for place, (pk, version) in enumerate(chosen):
        advance(task, place, len(chosen))
        if not task.previewed.filter(upload=pk).exists():
            held += _grade_again(task, files, pk, version)
    advance(task, len(chosen), len(chosen))
    _tell(task, held)


def apply_regrade(task: Task) -> None:
    """Publish the results of a preview, each as the next version of its upload.

    ``given`` names the task that was the ``preview``. What was graded otherwise since then, or is being graded, is left
    alone, and so is what could not be graded again.
    """
    preview = Task.objects.get(pk=task.given["preview"], assignment=task.of_assignment)
    if preview.found.get("discarded"):
        raise UsageError(task_messages.DISCARDED)
    if preview.found["digest"] != task.of_assignment.files.digest:
        raise UsageError(task_messages.OTHER_FILES)
    rows = preview.previewed.order_by("pk")
    for place, row in enumerate(rows.select_related("upload").iterator()):
        advance(task, place, preview.previewed.count())
        _publish(row, f"task-{task.pk}")
    done = rows.filter(published=True).count()
    advance(task, done, done)
    task.message = task_messages.published(done, rows.count() - done)


def _publish(row: PreviewedResult, worker: str) -> None:
    if row.published:
        return
    result = GradingResult.from_json(row.document)
    if result.status is SubmissionStatus.ERROR:
        return
    with transaction.atomic():
        uploads = Upload.objects.filter(pk=row.upload_id, version=row.version).exclude(state__in=State.open())
        if uploads.update(version=row.version + 1, tries=0):
            row.upload.version = row.version + 1
            publish(row.upload, row.upload.version, result, worker)
            PreviewedResult.objects.filter(pk=row.pk).update(published=True)


def _chosen(task: Task) -> list[tuple[uuid.UUID, int]]:
    """Return the uploads that are to be graded again, each with its version.

    They are chosen once, however often the task is begun.
    """
    if "chosen" not in task.found:
        task.found["digest"] = task.of_assignment.files.digest
        task.found["chosen"] = [[str(p.upload_id), p.version] for p in _choice(task.of_assignment, task.given)]
        Task.objects.filter(pk=task.pk).update(found=task.found)
    return [(uuid.UUID(pk), version) for pk, version in task.found["chosen"]]


def _choice(assignment: CourseAssignment, given: dict[str, Any]) -> Iterator[PublishedResult]:
    uploads = latest_uploads(assignment).filter(member__in=students(assignment)).exclude(state__in=State.open())
    results = newest_results(uploads).order_by("upload__member__name", "pk")
    if given["choice"] == Choice.ERRORS:
        results = results.filter(status=SubmissionStatus.ERROR)
    if given["choice"] != Choice.CHECK:
        yield from results.defer("document")
        return
    for published in results.iterator():
        if any(check.outcome is not Outcome.PASSED for check in _checks(published, given["check"])):
            yield published


def _checks(published: PublishedResult, id_: str) -> list[Any]:
    result = GradingResult.from_json(published.document)
    return [check for exercise in result.exercises for check in exercise.checks if check.id == id_]


def _grade_again(task: Task, files: Assignment, pk: uuid.UUID, version: int) -> bool:
    """Grade an upload again and keep the result, unless the one before still holds.

    Returns whether it holds.
    """
    upload = Upload.objects.select_related("assignment", "member").filter(pk=pk, version=version).first()
    if upload is None or (before := result_of(upload)) is None:
        return False
    with (
        all_examiners().use(files) as examiners,
        tempfile.TemporaryDirectory(prefix="grader-again-", dir=scratch_folder()) as scratch,
    ):
        now = Provenance.begun(files.digest, files.limits.call_s).made_with(examiners.info, files.models[0])
        submission = submission_of(upload, files, Path(scratch))
        if holds(before, submission, now):
            return True
        [after] = examiners.grade([submission])
    PreviewedResult.objects.get_or_create(
        task=task, upload=upload, defaults={"version": version, "document": after.to_json()}
    )
    return False


def _tell(task: Task, held: int) -> None:
    """Tell in a preview whose grade would change and why, without anybody's name."""
    latest = latest_uploads(task.of_assignment).values("pk")
    rows = task.previewed.filter(upload__in=latest).select_related("upload__member", "upload__assignment__files")
    replays = [(r, Replay(b, GradingResult.from_json(r.document))) for r in rows if (b := result_of(r.upload))]
    regrades = _with_what_counts(task.of_assignment, replays)
    failed = sum(bool(regrade.failure) for _, regrade in regrades)
    told = [(row, regrade) for row, regrade in regrades if regrade.failure or regrade.differences]
    task.found["changes"] = [
        {k: v for k, v in plain(regrade).items() if k not in ("id", "student")} | {"upload": str(row.upload_id)}
        for row, regrade in told
    ]
    changed = len(told) - failed
    task.message = regraded(changed, len(regrades) - len(told), held, failed, previewed=True)


def _with_what_counts(
    assignment: CourseAssignment, replays: Sequence[tuple[PreviewedResult, Replay]]
) -> list[tuple[PreviewedResult, RegradedGrade]]:
    before = counting_results(assignment)
    after = {replay.before.submission.id: replay.after for _, replay in replays}
    then = grades_of(assignment, before).by_id
    now = grades_of(assignment, [after.get(r.submission.id, r) for r in before]).by_id
    return [
        (row, RegradedGrade.of(replay, then[id_], now[id_]))
        for row, replay in replays
        if (id_ := replay.before.submission.id) in then
    ]
