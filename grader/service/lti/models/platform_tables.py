"""Tables of learning platforms that show the service by LTI, beside those of django-lti."""

from __future__ import annotations

from django.db import models
from lti_tool.models import LtiContext, LtiRegistration, LtiResourceLink

from grader.service.models import Course, CourseAssignment, Member, Upload

_ADDRESS = 2000


class LtiPlatform(models.Model):
    """A registered platform's kind, and the origin that shows us in a frame."""

    registration = models.OneToOneField(LtiRegistration, on_delete=models.CASCADE, related_name="platform")
    kind = models.CharField(max_length=20)
    origin = models.CharField(max_length=300)


class LtiCourse(models.Model):
    """The course that a platform's course is here, and where its people and grades are.

    ``synced`` is when its people were read last, ``sync_fault`` a sentence where that failed since.
    """

    context = models.OneToOneField(LtiContext, on_delete=models.CASCADE, related_name="connected")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="platforms")
    members_url = models.CharField(max_length=_ADDRESS, blank=True)
    line_items_url = models.CharField(max_length=_ADDRESS, blank=True)
    scopes = models.JSONField(default=list)
    synced = models.DateTimeField(null=True, blank=True)
    sync_fault = models.TextField(blank=True)


class LtiLink(models.Model):
    """The assignment that a platform's link leads to, and its column of the gradebook.

    ``line_item`` is that column's address, empty before there is one.
    """

    resource_link = models.OneToOneField(LtiResourceLink, on_delete=models.CASCADE, related_name="link")
    assignment = models.ForeignKey(CourseAssignment, on_delete=models.CASCADE, related_name="links")
    line_item = models.CharField(max_length=_ADDRESS, blank=True)


class UsedNonce(models.Model):
    """A launch that was taken, kept until it could not be taken again anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires = models.DateTimeField(db_index=True)


class ScoreState(models.TextChoices):
    """What became of a score for a platform's gradebook."""

    WAITING = "waiting"
    SENT = "sent"
    SUPERSEDED = "superseded"
    HELD = "held"
    FAILED = "failed"


class ScorePassback(models.Model):
    """One score for a platform's gradebook.

    The row is what is sent, however often it is tried.

    Of one link and member the highest ``number`` counts, and its ``timestamp`` is the latest. ``cause`` is the digest
    of all that the score was made of; ``score`` is None where only that something was handed in may be told. ``due`` is
    when it is tried next, ``sending`` until when a worker may be at it, ``why`` a sentence for staff on what stands in
    its way.
    """

    link = models.ForeignKey(LtiLink, on_delete=models.CASCADE, related_name="scores")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    cause = models.CharField(max_length=64)
    score = models.FloatField(null=True)
    max_score = models.FloatField()
    progress = models.CharField(max_length=20)
    timestamp = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ScoreState, default=ScoreState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due = models.DateTimeField()
    sending = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        """A member's scores of a link are counted."""

        constraints = [models.UniqueConstraint(fields=["link", "member", "number"], name="one_score_a_number")]
        indexes = [models.Index(fields=["state", "due"])]
