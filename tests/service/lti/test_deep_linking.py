"""An instructor chooses the assignment of a link, and pages in the platform's frames."""

from __future__ import annotations

import re

import httpx
import pytest

from ..conftest import People
from .conftest import Browser, LearningPlatform, fields


def test_the_chosen_assignment_becomes_a_link_of_the_course(connected: LearningPlatform, people: People) -> None:
    """The platform takes our signature; the link has a window and a column."""
    browser = Browser(connected)
    answer = browser.launch("teacher-1", "course-1/deep")

    page = browser.choose(answer)
    target, hidden = fields(page.content.decode())
    taken = httpx.post(target, data={"JWT": hidden["JWT"]}).json()

    assert target == f"{connected.url}/deep/return"
    assert f"form-action 'self' {connected.url};" in page.headers["Content-Security-Policy"] + ";"
    assert len(taken) == 1
    link = taken[0]
    assert (link["custom"], link["window"]) == ({"grader_assignment": "tiny"}, {"targetName": "_blank"})
    assert link["lineItem"]["scoreMaximum"] == people.assignment.files.max_score


def test_only_assignments_that_are_approved_can_be_chosen(connected: LearningPlatform, people: People) -> None:
    """One that is not in the course yet is put into it; another course's own are not shown."""
    from grader.service.models import ApprovedAssignment, CourseAssignment

    other = people.accounts["other_student"].memberships.get().course
    files = people.assignment.files
    CourseAssignment.objects.create(course=other, slug="secret", title="Secret plans", files=files)
    more = {"path": files.path, "max_score": 5.0}
    ApprovedAssignment.objects.create(slug="new_one", title="New one", digest="a" * 64, **more)
    ApprovedAssignment.objects.create(slug="old", title="Old", digest="b" * 64, withdrawn="2026-01-01T00:00Z", **more)
    browser = Browser(connected)
    answer = browser.launch("teacher-1", "course-1/deep")

    page = browser.tool.get(answer.headers["location"]).content.decode()
    assert re.findall(r'name="choice" value="[^"]+" required> ([^<]+)<', page) == ["Tiny", "New one"]
    browser.choose(answer, "New one")
    assert people.assignment.course.assignments.filter(slug="new-one").exists()
    assert browser.tool.post(answer.headers["location"], {"choice": "files-999"}).status_code == 422


@pytest.mark.parametrize("user", ["student-1", "helper-1"])
def test_only_instructors_choose(connected: LearningPlatform, user: str) -> None:
    """Whoever else comes is told so."""
    answer = Browser(connected).launch(user, "course-1/deep")

    assert answer.status_code == 403
    assert b"Only instructors choose" in answer.content


def test_a_choice_is_of_the_browser_that_was_asked(connected: LearningPlatform, people: People) -> None:
    """Its address opens nothing for others, or once the instructor is none any more."""
    browser = Browser(connected)
    address = browser.launch("teacher-1", "course-1/deep").headers["location"]

    assert people.client("instructor").get(address).status_code == 404
    people.assignment.course.members.filter(email="teacher-1@example.org").update(role="student")
    assert browser.tool.get(address).status_code == 404


def test_a_link_leads_only_into_the_course_that_it_is_in(connected: LearningPlatform, people: People) -> None:
    """One that was copied into another course of the platform opens nothing of the first."""
    Browser(connected).launch("teacher-1", "copied/deep")

    assert Browser(connected).launch("student-1", "copied/link-7/tiny").status_code == 403
    assert not people.assignment.course.members.filter(email="student-1@example.org").exists()


def test_registered_platforms_alone_may_show_pages_in_frames(
    connected: LearningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cookies go along there, over https; where a platform was switched off nothing does."""
    from django.conf import settings

    monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update={"url": "https://grader.example"}))
    browser = Browser(connected)

    answer = browser.tool.post("/lti/launch", browser.form("student-1", "course-1/link-1/tiny"))
    page = browser.tool.get(answer.headers["location"])

    assert f"frame-ancestors {connected.url};" in page.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in page.headers
    assert answer.cookies["sessionid"]["samesite"] == "None"
    connected.registration.is_active = False
    connected.registration.save()
    page = Browser(connected).tool.get("/sign-in")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
