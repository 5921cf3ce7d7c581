"""Validate an approved assignment, as ``grader assignment test`` does."""

from __future__ import annotations

from grader.service.models import ApprovedAssignment, Task
from grader.service.work.approved import approved
from grader.service.work.task_progress import advance
from grader.timestamps import timestamp


def validate_files(task: Task) -> None:
    """Run an assignment's checks on all that must pass or fail, and keep the report.

    ``given`` has the ``files`` by their key. The report's JSON is kept with them, with the time at which it was made.
    """
    from grader.validation import validate  # it runs checks: only this task may pay for pytest

    files = ApprovedAssignment.objects.get(pk=task.given["files"])
    report = validate(approved(files), progress=lambda done, total: advance(task, done, total))
    files.validation = {**report.to_json(), "made": timestamp()}
    files.save(update_fields=["validation"])
    task.message = report.result
