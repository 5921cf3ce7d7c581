"""Moments as records and files hold them: ISO 8601 in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(when: datetime | None = None) -> str:
    """Return a moment, by default now, such as ``2026-11-30T14:00:00+00:00``."""
    return (when or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
