"""Tables of hooks: servers that are told of results, and those that hand notebooks in."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.db import models

from grader.service.models.accounts import ApiToken
from grader.service.models.courses import Course


class OutgoingHook(models.Model):
    """An address that is told of results of a course; ``salt`` is what its secret is made of.

    ``events`` are names of :class:`grader.service.hook_events.HookEvent`. Nothing is sent before ``not_before``, where
    the receiver asked for that. ``ended`` says why it is switched off, empty while it is not.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="outgoing_hooks")
    url = models.CharField(max_length=1000)
    salt = models.CharField(max_length=64)
    events = models.JSONField(default=list)
    made = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(null=True)
    ended = models.CharField(max_length=200, blank=True)

    @property
    def host(self) -> str:
        """Its host: the rest of an address may be a secret."""
        return urlsplit(self.url).hostname or ""


class DeliveryState(models.TextChoices):
    """How far a delivery is: accepted waits to be due, dead is given up."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    DELIVERED = "delivered"
    DEAD = "dead"


class HookDelivery(models.Model):
    """One event for one hook: the row is the outbox, ``body`` what is sent, byte by byte.

    ``attempt`` counts how often it is sent from 1, ``failures`` those in a row that failed. ``answer`` says how the
    last attempt went.
    """

    hook = models.ForeignKey(OutgoingHook, on_delete=models.CASCADE, related_name="deliveries")
    webhook_id = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.ACCEPTED)
    due = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=1)
    failures = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True)
    made = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        """Workers look for what is due."""

        indexes = [models.Index(fields=["state", "due"])]


class IncomingHook(models.Model):
    """An address at which a platform hands notebooks of a course in, with a signature.

    ``token`` is whose rights it has, and what it is ended with; nobody knows its text. Files that events name are
    fetched from ``hosts`` alone, with ``platform_token``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="incoming_hooks")
    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, related_name="hook")
    salt = models.CharField(max_length=64)
    hosts = models.JSONField(default=list)
    platform_token = models.CharField(max_length=1000, blank=True)
    made = models.DateTimeField(auto_now_add=True)
