"""Read what a platform answered, and say so where that is not what it documents."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from grader.errors import PlatformError
from grader.platforms import messages
from grader.timestamps import timestamp


@contextlib.contextmanager
def documented(platform: str) -> Iterator[None]:
    """Turn what goes wrong when an answer has another form into PlatformError."""
    try:
        yield
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        what = f"{type(error).__name__}: {str(error)[:100]}"
        raise PlatformError(messages.not_documented(platform, what)) from None


def as_record(data: Any) -> dict[str, Any]:
    """Return an object of an answer; TypeError where it is none."""
    if not isinstance(data, dict):
        raise TypeError(f"{type(data).__name__} instead of an object")
    return data


def as_list(data: Any) -> list[Any]:
    """Return a list of an answer; TypeError where it is none."""
    if not isinstance(data, list):
        raise TypeError(f"{type(data).__name__} instead of a list")
    return data


def iso_time(value: object) -> str:
    """Return a time in ISO 8601, or seconds since 1970, in UTC; "" for none."""
    if not value:
        return ""
    if isinstance(value, int | float):
        return timestamp(datetime.fromtimestamp(value, UTC))
    return timestamp(datetime.fromisoformat(str(value)))
