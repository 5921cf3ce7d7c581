"""Who may see and do what; what is not allowed is not found."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from grader.service.models import Account, ApprovedAssignment, Course, CourseAssignment, Member, Role, Task, Upload

STAFF = (Role.GRADER, Role.INSTRUCTOR)
INSTRUCTORS = (Role.INSTRUCTOR,)


def memberships(account: Account) -> QuerySet[Member]:
    """Return the active memberships of an account."""
    return Member.objects.filter(account=account, active=True).select_related("course")


def courses(account: Account) -> QuerySet[Course]:
    """Return the courses that an account is in; all of them for an administrator."""
    if account.is_superuser:
        return Course.objects.all()
    return Course.objects.filter(members__in=memberships(account)).distinct()


def role_in(account: Account, course: Course) -> Role | None:
    """Return the role of an account in a course; an administrator is an instructor in all."""
    if account.is_superuser:
        return Role.INSTRUCTOR
    member = memberships(account).filter(course=course).first()
    return Role(member.role) if member else None


def course_for(account: Account, slug: str, roles: Iterable[Role] = tuple(Role)) -> Course:
    """Return a course in which an account has one of some roles; raises Http404."""
    course = Course.objects.filter(slug=slug).first()
    if course is None or role_in(account, course) not in set(roles):
        raise Http404
    return course


def assignment_for(account: Account, course: str, slug: str, roles: Iterable[Role] = tuple(Role)) -> CourseAssignment:
    """Return an assignment of a course, which is found by :func:`course_for`; raises Http404."""
    found = course_for(account, course, roles).assignments.select_related("course", "files").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def approved_for(course: Course) -> QuerySet[ApprovedAssignment]:
    """Return the approved assignments that a course may use, with all that is in them."""
    allowed = Q(courses=None) | Q(courses=course)
    return ApprovedAssignment.objects.filter(allowed, withdrawn=None).distinct()


def uploads(account: Account) -> QuerySet[Upload]:
    """Return the uploads that an account may see: its own, and those of its courses as staff."""
    everything = Upload.objects.select_related("assignment__course", "assignment__files", "member")
    if account.is_superuser:
        return everything
    of_staff = memberships(account).filter(role__in=STAFF).values("course")
    own = memberships(account).values("pk")
    return everything.filter(assignment__course__in=of_staff) | everything.filter(member__in=own)


def is_staff_of(account: Account, upload: Upload) -> bool:
    """Return whether an account sees an upload as staff does."""
    return role_in(account, upload.assignment.course) in STAFF


def require_administrator(account: Account) -> None:
    """Raise Http404 for an account that does not administer the installation."""
    if not account.is_superuser:
        raise Http404


def task_for(account: Account, pk: int, roles: Iterable[Role] = STAFF) -> Task:
    """Return a task of a course in which an account has one of some roles; raises Http404.

    Tasks of no course are administrators'.
    """
    found = Task.objects.select_related("assignment__course", "assignment__files", "by").filter(pk=pk).first()
    if found is None:
        raise Http404
    role = role_in(account, found.assignment.course) if found.assignment else None
    if not (role in set(roles) if found.assignment else account.is_superuser):
        raise Http404
    return found
