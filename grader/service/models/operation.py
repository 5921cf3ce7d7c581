"""Tables of how the service runs: tasks of staff, workers, and who changed what."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from grader.service.models.courses import Course, CourseAssignment
from grader.service.models.uploads import Upload


class TaskState(models.TextChoices):
    """How far a task is."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @classmethod
    def ended(cls) -> tuple[TaskState, ...]:
        """Return those of tasks that no worker does any more."""
        return cls.DONE, cls.FAILED


class Task(models.Model):
    """Long work that staff asked for, done by a worker.

    ``kind`` names the function, ``given`` is what it takes.

    ``found`` is what it made, as JSON; ``message`` a sentence on how it ended.
    """

    kind = models.CharField(max_length=30)
    assignment = models.ForeignKey(CourseAssignment, on_delete=models.CASCADE, null=True, related_name="tasks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.ACCEPTED, db_index=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    made = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    @property
    def of_assignment(self) -> CourseAssignment:
        """The assignment that it is for; raises LookupError for a task of none."""
        if self.assignment is None:
            raise LookupError(f"task {self.pk} is of no assignment")
        return self.assignment


class PreviewedResult(models.Model):
    """What grading an upload again gave in a task, to be published or thrown away by staff.

    ``version`` is the upload's whose result was the newest then, ``document`` as
    :class:`grader.service.models.PublishedResult` has it.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="previewed")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    published = models.BooleanField(default=False)

    class Meta:
        """A task grades an upload once."""

        constraints = [models.UniqueConstraint(fields=["task", "upload"], name="one_preview_an_upload")]


class WorkerHeartbeat(models.Model):
    """A worker that lives, or did: ``seen`` is when it last said so."""

    name = models.CharField(max_length=100, primary_key=True)
    machine = models.CharField(max_length=200)
    process = models.PositiveIntegerField()
    started = models.DateTimeField()
    seen = models.DateTimeField()


class AuditEntry(models.Model):
    """One write: who did what to what, and from where. Entries are never changed."""

    when = models.DateTimeField(auto_now_add=True, db_index=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=50)
    course = models.ForeignKey(Course, on_delete=models.SET_NULL, null=True, related_name="+")
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
