"""Whose zygotes are started before anybody hands in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .conftest import People


def approve(slug: str, **fields: Any) -> Any:
    """Return files that an administrator approved."""
    from grader.service.models import ApprovedAssignment

    return ApprovedAssignment.objects.create(
        slug=slug, path=f"/{slug}", digest=slug, title=slug, max_score=1.0, **fields
    )


@pytest.fixture
def assign(people: People) -> Any:
    """Give a course an assignment with such files and days to its deadline; all others go."""
    from django.utils import timezone

    from grader.service.models import CourseAssignment

    CourseAssignment.objects.all().delete()

    def add(files: Any, *, due: float | None = None, opens: float | None = None) -> None:
        now = timezone.now()
        days = {n: now + timedelta(days=d) for n, d in (("due", due), ("opens", opens)) if d is not None}
        number = CourseAssignment.objects.count()
        CourseAssignment.objects.create(
            course=people.assignment.course, slug=f"a-{number}", title="", files=files, **days
        )

    return add


def test_the_next_deadline_comes_first(assign: Any) -> None:
    """However many courses use an assignment, it is named once."""
    from grader.service.work.warm_zygotes import open_assignments

    near, far = approve("near"), approve("far")
    assign(far, due=9)
    assign(near, due=1)
    assign(far, due=10)

    assert open_assignments() == [near, far]


def test_what_nobody_hands_in_is_left_out(assign: Any) -> None:
    """Nothing that is over, is not open yet, or was withdrawn."""
    from django.utils import timezone

    from grader.service.work.warm_zygotes import open_assignments

    assign(approve("over"), due=-30)
    assign(approve("later"), opens=30)
    assign(approve("withdrawn", withdrawn=timezone.now()), due=1)
    always = approve("always")
    assign(always)

    assert open_assignments() == [always]
