"""The table of who is signed in where, and the store of sessions that fills it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class AccountSession(AbstractBaseSession):
    """A browser's session; ``account`` is who is signed in with it."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions", editable=False
    )

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """Return the store that reads and writes these rows."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Sessions in the database, by whose they are."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        """Return the table."""
        return AccountSession

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """Return the row of a session with these data."""
        row: AccountSession = super().create_model_instance(data)  # type: ignore[assignment] # of our table
        row.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
