"""Sentences of the long work that staff asks for."""

from __future__ import annotations

import re

from grader.english import plural
from grader.service.models import Task

NOT_ON_DISK = "its bytes are not in the zip"
SAME_ON_ROSTER = "Several members of the course are told apart by nothing, so it counts for none of them."
OTHER_FILES = (
    "The assignment's files are others than those that were previewed, so nothing was published. Preview again."
)
DISCARDED = "This preview was thrown away, so nothing was published."
NOTHING_CHOSEN = "No graded submission is of that choice, so nothing was graded again."
CHOOSE_ZIP = "Choose the zip of submissions as the platform made it."
CHOOSE_MEMBER = "Choose whose submission it is."
ASSIGNED = "The submission is that member's now, and will be graded."
ASSIGNED_BEFORE = "That submission was assigned before."
CHOOSE_SUBMISSIONS = "Choose which submissions to grade again."
NOT_DISCARDED = "These results are published already, or just now, so they cannot be thrown away."
THROWN_AWAY = "The preview was thrown away. No grade has changed."
NOT_FAILED = "Only a task that failed can be run again."
NO_ZIP_ANY_MORE = "The zip is no longer here: upload it again."
LOOK_FIRST = "Look at this before you use the grades"

CHOOSE_FILE = "Choose the file once more."

OPTIONS = {
    "into": "The platform's file to fill in",
    "column": "The assignment's title in that file, if another",
    "submission": "The one submission that is meant",
    "metadata": "Gradescope's submission_metadata.json of the upload",
    "wheel": "A wheel of the grader, if not this one's",
    "zero": "0 for who handed in nothing",
    "scale": "Convert the grades to the points that the platform gives",
    "partial": "Go on where not everybody's grade can be exported",
}
"""The options of exports, as their forms name them."""

KINDS = {
    "batch": "Batch of a platform",
    "regrade": "Preview of a regrade",
    "apply-regrade": "Regrade",
    "validation": "Validation of the assignment",
}
"""The kinds of tasks, in words."""

STATES = {
    "accepted": "waiting for a worker",
    "queued": "waiting for a worker",
    "running": "under way",
    "done": "done",
    "failed": "failed",
}
"""What becomes of a task, in words."""


def progress(task: Task) -> str:
    """Say how far a task is."""
    state = STATES[task.state]
    return f"{state}: {task.done} of {task.total}" if task.state == "running" and task.total else state


def zip_too_large(most_mb: int) -> str:
    """For a batch beyond the size that the service takes."""
    return f"The zip is larger than the {most_mb} MB that are allowed. Upload it in parts."


def nothing_in(name: str) -> str:
    """For a zip without a file that could be graded."""
    return f"{name} holds no submission. Upload the zip as the platform made it."


def batch_taken(taken: int, again: int, unmatched: int) -> str:
    """Count what a batch brought: new, taken before, and by nobody that is known."""
    before = f", {again} taken before" if again else ""
    nobody = f", {unmatched} by nobody on the roster" if unmatched else ""
    return f"{plural(taken, 'submission')} taken{before}{nobody}."


def published(count: int, left: int) -> str:
    """Count the results that were published, and those that something else came before."""
    rest = f", {left} left as {'it was' if left == 1 else 'they were'}" if left else ""
    return f"{plural(count, 'result')} published{rest}."


def file_too_large(most_mb: int) -> str:
    """For a platform's table beyond the size that is read."""
    return f"The file is larger than {most_mb} MB, which no platform's table is. Choose another one."


def not_taken(count: int) -> str:
    """For submissions of a batch that failed by a fault of ours."""
    return f"{plural(count, 'submission')} could not be taken; upload the same zip again once that is mended"


def for_pages(sentence: str) -> str:
    """Return a sentence of an export with fields of its form in place of options."""
    return _OPTION.sub(lambda found: f"“{OPTIONS[found[1]]}”", sentence).replace("`", "")


_OPTION = re.compile(rf"--({'|'.join(OPTIONS)})\b(?: (?:FILE|ID|submission_metadata\.json)\b)?")
