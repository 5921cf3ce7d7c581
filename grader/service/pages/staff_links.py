"""Where the pages for staff are, and what stands on each of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from grader.report import StaffSite
from grader.service import access
from grader.service.models import Course, CourseAssignment, Role
from grader.service.requests import account_of

Links = list[tuple[str, str]]

COURSE_PAGES = (("staff-course", "Assignments"), ("roster", "Roster"), ("hooks", "Hooks"))
ASSIGNMENT_PAGES = (
    ("staff-assignment", "Submissions"),
    ("staff-overview", "Overview"),
    ("staff-similar", "Similar answers"),
    ("staff-terms", "Terms"),
    ("staff-extensions", "Extensions"),
    ("staff-tasks", "Batch and regrade"),
    ("staff-exports", "Exports"),
    ("staff-gradebook", "Gradebook"),
    ("staff-validation", "Validation"),
)
"""Pages of a course, then of an assignment: the name of the address, the text of links."""
_LARGE = ("Overview", "Similar answers")
"""Pages that show many submissions, which are a batch's own."""


def course_links(course: Course) -> Links:
    """Return links to the pages of a course."""
    return [(reverse(name, args=[course.slug]), text) for name, text in COURSE_PAGES]


def assignment_links(assignment: CourseAssignment) -> Links:
    """Return links to the pages of an assignment."""
    place = [assignment.course.slug, assignment.slug]
    return [(reverse(name, args=place), text) for name, text in ASSIGNMENT_PAGES]


def crumbs(course: Course, assignment: CourseAssignment | None = None) -> Links:
    """Return the way to a page of a course, or of an assignment."""
    way = [(reverse("staff-course", args=[course.slug]), course.title)]
    if assignment:
        way.append((reverse("staff-assignment", args=[course.slug, assignment.slug]), assignment.title))
    return way


def roles_for(request: HttpRequest) -> tuple[Role, ...]:
    """Return who may send a request: staff one that only looks, instructors each."""
    return access.INSTRUCTORS if request.method == "POST" else access.STAFF


def staff_context(request: HttpRequest, course: Course, assignment: CourseAssignment | None = None) -> dict[str, Any]:
    """Return what every page of a course for staff shows, or of one of its assignments."""
    return {
        "course": course,
        "assignment": assignment,
        "links": assignment_links(assignment) if assignment else course_links(course),
        "crumbs": crumbs(course, assignment),
        "may_change": access.role_in(account_of(request), course) in access.INSTRUCTORS,
    }


def person_address(assignment: CourseAssignment, member: int) -> str:
    """Return the address of the page of a member in an assignment."""
    return reverse("staff-person", args=[assignment.course.slug, assignment.slug, member])


def staff_site(assignment: CourseAssignment) -> StaffSite:
    """Return where staff reads of an assignment: pages of people, by the ids of their rows."""

    def person(id_: str) -> str:
        return person_address(assignment, int(id_.removeprefix("member-")))

    links = {text: address for address, text in assignment_links(assignment)}
    return StaffSite(
        review=person,
        feedback=lambda id_: f"{person(id_)}report",
        overview=links["Overview"],
        take_over="the person's page applies {}",
        tell_days="the person's page takes the days",
        list_all="",
        which_page="Names lead to people's pages, feedback to what they read.",
        contents=((links["Submissions"], "Back to the submissions"), *((links[text], text) for text in _LARGE)),
    )
