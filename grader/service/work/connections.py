"""Database connections in threads that no request began."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")


def fresh_connections(function: Callable[P, T]) -> Callable[P, T]:
    """Close unusable connections before and after a function, as Django does for a request."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return inner
