"""How often something may be tried in a minute, counted for all processes together."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

_WINDOW_S = 60
_HOUR_S = 3600


class Tries:
    """The tries of one kind that a request takes of this minute, one of each name.

    Each try is a key of the shared cache that can be made once, so that requests at the same time cannot take the same.
    """

    def __init__(self, kind: str, limit: int, *names: str) -> None:
        self._kind, self._limit, self._names = kind, limit, names
        self._window, passed = divmod(int(time.time()), _WINDOW_S)
        self.wait_s = _WINDOW_S - passed
        self._taken: list[str] = []

    def take(self) -> bool:
        """Take a try of each name; return whether there was one left."""
        _forget_old_windows()
        for name in self._names:
            digest = hashlib.sha256(name.encode()).hexdigest()[:32]
            keys = (f"{self._kind}:{self._window}:{digest}:{n}" for n in range(self._limit))
            taken = next((key for key in keys if cache.add(key, 1, 2 * _WINDOW_S)), None)
            if taken is None:
                self.give_back()
                return False
            self._taken.append(taken)
        return True

    def give_back(self) -> None:
        """Give back what was taken, of what turned out to be no try."""
        cache.delete_many(self._taken)
        self._taken.clear()


def _forget_old_windows() -> None:
    """Delete what has expired, once an hour: the cache itself does so only when it is full."""
    if cache.add(f"old-windows:{int(time.time()) // _HOUR_S}", 1, 2 * _HOUR_S):
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608 - our own table
