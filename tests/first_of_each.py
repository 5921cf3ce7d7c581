"""Of many tests alike, every run tries the first of each kind and ``test-all`` every one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import pytest

Value = TypeVar("Value")


def first_of_each(
    values: Iterable[Value], kind: Callable[[Value], Hashable], name: Callable[[Value], str]
) -> list[Any]:
    """Return a test's parameters named by ``name``; all but each kind's first are exhaustive."""
    seen: set[Hashable] = set()
    found = []
    for value in values:
        marks = [pytest.mark.exhaustive] if kind(value) in seen else []
        seen.add(kind(value))
        found.append(pytest.param(value, id=name(value), marks=marks))
    return found
