"""Tell cheaply whether another connection may have written to the database."""

from __future__ import annotations

import time

from django.db import connection

_AT_MOST_S = {"sqlite": 1.0, "postgresql": 0.2}
"""Seconds after which rows are looked at in any case.

PostgreSQL has nothing that is as cheap to ask as SQLite's ``data_version``.
"""


class RowChanges:
    """What one thread knows of other connections' writes."""

    def __init__(self) -> None:
        self._version, self._looked = -1, 0.0

    def any(self) -> bool:
        """Return whether rows are to be looked at, for which the caller then has to care."""
        version = self._version
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        now = time.monotonic()
        if version == self._version and now - self._looked < _AT_MOST_S[connection.vendor]:
            return False
        self._version, self._looked = version, now
        return True
