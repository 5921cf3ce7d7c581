"""An approved assignment, with its solution, is for the courses that administrators say."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import People

EXPORT = "/staff/first/tiny/exports/gradescope-autograder"


def limit(people: People, *slugs: str) -> Any:
    """Have an administrator say which courses an assignment is for."""
    from grader.service.models import Course

    chosen = Course.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    address = f"/administration/assignments/{people.assignment.files_id}/courses"
    return people.client("administrator").post(address, {"course": list(chosen)})


def offered(people: People, name: str, course: str) -> bool:
    """Return whether an instructor is offered it for a course."""
    page = people.client(name).get(f"/staff/{course}/assignments/new").content.decode()
    return f'value="{people.assignment.files_id}"' in page


def test_it_is_for_every_course_unless_said(people: People) -> None:
    """As before; and again once nothing is chosen."""
    before = offered(people, "other_instructor", "second"), people.client("instructor").get(EXPORT).status_code
    limit(people, "first")
    limit(people)

    assert before == (True, 200)
    assert offered(people, "other_instructor", "second")


def test_other_courses_neither_use_nor_export_it(people: People) -> None:
    """Its solution leaves the service by the courses alone that it is for."""
    assert limit(people, "second").status_code == 302

    assert offered(people, "other_instructor", "second")
    assert not offered(people, "instructor", "first")
    assert people.client("instructor").get(EXPORT).status_code == 404
    assert people.client("instructor").post(EXPORT).status_code == 404
    assert people.client("instructor").get("/staff/first/tiny/exports/csv").status_code == 200


def test_a_form_cannot_name_it_all_the_same(people: People) -> None:
    """What is not offered is refused."""
    from grader.service.models import CourseAssignment

    limit(people, "second")
    sent = {"slug": "mine", "title": "Mine", "approved": people.assignment.files_id, "late_per_day": "0",
            "late_of": "possible", "late_cap": "100", "grace_minutes": "0", "hidden_verdicts": "at once",
            "zone": "UTC"}  # fmt: skip
    answer = people.client("instructor").post("/staff/first/assignments/new", sent)

    assert answer.status_code == 422
    assert not CourseAssignment.objects.filter(slug="mine").exists()


@pytest.mark.parametrize("name", ["instructor", "student", "stranger"])
def test_only_administrators_say_so(people: People, name: str) -> None:
    """To others the address does not exist."""
    address = f"/administration/assignments/{people.assignment.files_id}/courses"

    assert people.client(name).post(address, {}).status_code == 404


def test_newer_files_of_the_same_assignment_are_for_the_same_courses(people: People, tmp_path: Any) -> None:
    """Approving what was mended does not open it to others."""
    import shutil

    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve

    from .conftest import TINY

    copy = shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    first = approve(load_assignment(str(copy)), None)
    first.courses.add(people.assignment.course)
    (copy / "more.py").write_text("")

    assert list(approve(load_assignment(str(copy)), None).courses.all()) == [people.assignment.course]
