"""A course to try the service with: one assignment, an instructor and a student."""

from __future__ import annotations

from django.conf import settings

from grader.assignment import load_assignment, load_only_assignment
from grader.service.assignment_approval import approve
from grader.service.invitations import link_for, make_account
from grader.service.models import Account, ApprovedAssignment, Course, CourseAssignment, Member, Role

_PEOPLE = (("demo-instructor", "Ines Instructor", Role.INSTRUCTOR), ("demo-student", "Sam Student", Role.STUDENT))


def make_demo() -> list[str]:
    """Make the course where there is none, and return lines with links to sign in."""
    named = settings.CONFIG.demo_assignment
    assignment = load_assignment(named) if named else load_only_assignment()
    files = ApprovedAssignment.objects.filter(digest=assignment.digest).first() or approve(assignment, by=None)
    course, _ = Course.objects.get_or_create(slug="demo", defaults={"title": "Demo course"})
    CourseAssignment.objects.get_or_create(
        course=course, slug=assignment.slug.replace("_", "-"), defaults={"files": files, "title": assignment.title}
    )
    lines = []
    for login, name, role in _PEOPLE:
        account = Account.objects.filter(username=login).first() or make_account(login, name)
        Member.objects.get_or_create(
            course=course, account=account, defaults={"role": role, "name": name, "login": login}
        )
        lines.append(f"{name} ({role}): {link_for(account)}")
    return lines
