"""Tables of who may come in: accounts, one-time links and tokens."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """Somebody who can sign in; with ``is_superuser`` an administrator of the installation."""

    full_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        """Return the name that people know the account by."""
        return self.full_name or self.username


class SignInLink(models.Model):
    """A link that signs an account in once, of which the digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="links")
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)
    made = models.DateTimeField(auto_now_add=True)


class ApiToken(models.Model):
    """A bearer token of the API, of which the digest is kept: whose rights, and for what.

    ``scopes`` are names of :class:`grader.service.credentials.Scope`; with a ``course`` it is good for that one alone.
    """

    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    course = models.ForeignKey("Course", on_delete=models.CASCADE, null=True, blank=True)
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    made = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)
