"""A task that failed is run again, by its page and by the API."""

from __future__ import annotations

from typing import Any

import pytest

from .api_client import with_token
from .conftest import People
from .staff_client import actions
from .test_task_pages import ended


def failed(people: People, **fields: Any) -> Any:
    """Return a preview of a regrade that failed."""
    return ended(people, "regrade", state="failed", given={"choice": "all", "check": ""}, message="It broke.", **fields)


def by_page(people: People, who: str, pk: int) -> int:
    """Run it again by the button, and return the status of the answer."""
    return int(people.client(who).post(f"/tasks/{pk}/again").status_code)


def by_api(people: People, who: str, pk: int) -> int:
    """Run it again with a token, and return the status of the answer."""
    return int(with_token(people, who, "grade").post(f"/tasks/{pk}/again", "").status_code)


both = pytest.mark.parametrize("run", [by_page, by_api])


@both
def test_what_failed_is_asked_for_anew_once(people: People, run: Any) -> None:
    """As a task of its own, in the log; a second click leads to the same."""
    from grader.service.models import Task

    before = failed(people)

    assert run(people, "instructor", before.pk) in (202, 302)
    assert run(people, "instructor", before.pk) in (202, 302)

    [again] = Task.objects.exclude(pk=before.pk)
    assert (again.kind, again.given, again.state) == ("regrade", before.given, "accepted")
    assert actions(people) == ["ran a task again"]


@both
@pytest.mark.parametrize("who", ["student", "grader", "other_instructor", "stranger"])
def test_only_instructors_run_it_again(people: People, run: Any, who: str) -> None:
    """To others there is no such address."""
    assert run(people, who, failed(people).pk) == 404


def test_a_task_of_no_course_is_administrators(people: People) -> None:
    """Such as the validation of what an administrator approved."""
    task = failed(people)
    task.assignment = None
    task.save()

    assert by_page(people, "instructor", task.pk) == 404
    assert by_page(people, "administrator", task.pk) == 302


def test_what_did_not_fail_is_not_run_again(people: People) -> None:
    """It says so, and nothing is asked for."""
    from grader.service.models import Task

    done = ended(people, "regrade", given={"choice": "all"})

    assert by_api(people, "instructor", done.pk) == 422
    assert Task.objects.count() == 1


def test_a_batch_needs_its_zip(people: People) -> None:
    """Which may be gone, with the data of somebody in it."""
    task = ended(people, "batch", state="failed", given={"name": "all.zip", "size": 3})

    assert by_api(people, "instructor", task.pk) == 422


def test_the_page_of_a_failed_task_has_the_button(people: People) -> None:
    """For instructors, who may ask for tasks."""
    address = f"/tasks/{failed(people).pk}/"

    assert "Run it again" in people.client("instructor").get(address).content.decode()
    assert "Run it again" not in people.client("grader").get(address).content.decode()
