"""Moments and spans of time as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from grader.english import plural
from grader.timestamps import timestamp


def moment(when: datetime | None) -> Markup:
    """Return a moment in UTC as an element that a script turns into the reader's zone."""
    if when is None:
        return Markup("&ndash;")
    return Markup('<time datetime="{}" data-moment>{}</time>').format(timestamp(when), utc_text(when))


def utc_text(when: datetime) -> str:
    """Return a moment in words: "Fri, 4 December 2026, 22:59 UTC"."""
    utc = when.astimezone(UTC)
    return f"{utc:%a}, {utc.day} {utc:%B %Y, %H:%M} UTC"


def span(length: timedelta) -> str:
    """Return a span of time in its two largest units, rounded up: "1 hour 5 minutes"."""
    seconds = -(-length // timedelta(seconds=1))
    days, rest = divmod(max(seconds, 0), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    largest = next((n for n, (count, _) in enumerate(parts) if count), 3)
    told = [plural(count, unit) for count, unit in parts[largest : largest + 2] if count]
    return " ".join(told) or "0 seconds"
