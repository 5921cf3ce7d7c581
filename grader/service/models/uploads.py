"""Tables of what was handed in, what was graded, and what staff corrected."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from grader.service.models.accounts import ApiToken
from grader.service.models.courses import CourseAssignment, Member


class State(models.TextChoices):
    """How far an upload is; workers find what is to be graded by it."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    GRADING = "grading"
    GRADED = "graded"
    UNREADABLE = "unreadable"
    ERROR = "error"

    @classmethod
    def open(cls) -> tuple[State, ...]:
        """Return those of uploads that are still to be graded."""
        return cls.ACCEPTED, cls.QUEUED, cls.GRADING


class Upload(models.Model):
    """One notebook that a member handed in, and how far grading it is.

    ``version`` counts how often it was to be graded: once, and once more for each regrade. ``tries`` is how often
    grading this version was begun. ``platform`` is what the platform told of the submission (the fields of
    :class:`grader.submission.SubmissionRecord`), for what came in a batch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(CourseAssignment, on_delete=models.PROTECT, related_name="uploads")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="uploads")
    attempt = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received = models.DateTimeField(auto_now_add=True, db_index=True)
    source = models.CharField(max_length=10, default="page")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    platform = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTED)
    version = models.PositiveIntegerField(default=1)
    tries = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=10)

    class Meta:
        """Attempts of one member count up without two of one number."""

        constraints = [
            models.UniqueConstraint(fields=["assignment", "member", "attempt"], name="one_upload_an_attempt")
        ]
        indexes = [
            models.Index(fields=["state", "priority", "received"]),  # in the order in which workers take them
            models.Index(fields=["by", "received"]),  # what somebody handed in within the last minute
        ]


class UploadFile(models.Model):
    """A file that was handed in beside a notebook: its path from there."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()


class PublishedResult(models.Model):
    """The grading of one version of an upload, written once.

    ``document`` is the :class:`grader.result.GradingResult` as JSON. That of the highest version is the grade.
    ``attention`` says that staff should look at it, whatever was corrected.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="results")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=20)
    score = models.FloatField()
    max_score = models.FloatField()
    attention = models.BooleanField(default=False)
    document = models.JSONField()
    graded = models.DateTimeField(auto_now_add=True, db_index=True)
    worker = models.CharField(max_length=100)

    class Meta:
        """A version has one result."""

        constraints = [models.UniqueConstraint(fields=["upload", "version"], name="one_result_a_version")]


class Correction(models.Model):
    """One correction by staff, as :class:`grader.corrections.Override`; it is never deleted."""

    assignment = models.ForeignKey(CourseAssignment, on_delete=models.CASCADE, related_name="corrections")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="corrections")
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField(auto_now_add=True)
    exercise = models.CharField(max_length=200, blank=True)
    check_id = models.CharField(max_length=300, blank=True)
    points = models.FloatField(null=True, blank=True)
    comment = models.TextField(blank=True)
    excused = models.BooleanField(default=False)
    late_waived = models.BooleanField(default=False)
    days_late = models.PositiveIntegerField(null=True, blank=True)
    taken_back = models.DateTimeField(null=True, blank=True)


class IdempotencyKey(models.Model):
    """A key that a request of the API came with, and the upload that it was answered with."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A token uses a key once."""

        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]
