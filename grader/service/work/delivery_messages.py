"""Sentences on what became of events that hooks were sent."""

from __future__ import annotations

GONE = "The receiver answered 410: it wants no more."


def answered(status: int) -> str:
    """Say how a receiver answered, for the list of deliveries."""
    redirect = ", and is not followed elsewhere" if 300 <= status < 400 else ""
    return f"answered {status}{redirect}"
