"""Staff of the first course, by pages."""

from __future__ import annotations

import json
from typing import Any

from .conftest import People

COURSE, TINY = "/staff/first/", "/staff/first/tiny/"


def text(answer: Any) -> str:
    """Return what an answer says."""
    return str(answer.content.decode())


def person(people: People, name: str) -> str:
    """Return the address of somebody's page in the assignment."""
    return f"{TINY}people/{people.member(name).pk}/"


def correct(people: People, name: str, exercise: str = "", check: str = "", **fields: Any) -> Any:
    """Correct something as the grader does."""
    given = {"target": json.dumps([exercise, check]), **fields}
    return people.client("grader").post(person(people, name), given)


def actions(people: People) -> list[str]:
    """Return what the log of writes holds."""
    from grader.service.models import AuditEntry

    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
