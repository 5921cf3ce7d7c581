"""Courses: made with a title and a first instructor, who does the rest."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from grader.service import audit
from grader.service.models import Account, Course, Member, Role
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_only import administrators
from grader.service.pages.page_answers import done, page_of, refused

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")


@administrators
@require_GET
def course_list(request: HttpRequest) -> HttpResponse:
    """List all courses."""
    students = Count("members", filter=Q(members__role=Role.STUDENT), distinct=True)
    rows = Course.objects.annotate(students=students, tasks=Count("assignments", distinct=True)).order_by("title")
    page = page_of(request, rows)
    staff = Member.objects.filter(course__in=page.object_list, role=Role.INSTRUCTOR).order_by("name")
    return render(request, "service/administrator_courses.html", {"page": page, "instructors": list(staff)})


@administrators
@require_POST
def make_course(request: HttpRequest) -> HttpResponse:
    """Make a course and its first instructor."""
    slug, title = request.POST.get("slug", "").strip(), request.POST.get("title", "").strip()[:200]
    name = request.POST.get("instructor", "").strip()
    if not _SLUG.fullmatch(slug) or not title:
        return refused(request, messages.SLUG_UNFIT, "administrator-courses")
    if Course.objects.filter(slug=slug).exists():
        return refused(request, messages.course_taken(slug), "administrator-courses")
    account = Account.objects.filter(username=name).first() if name else None
    if name and account is None:
        return refused(request, messages.no_account(name), "administrator-courses")
    with transaction.atomic():
        course = Course.objects.create(slug=slug, title=title)
        if account:
            person = {"name": account.full_name or account.username, "login": account.username}
            Member.objects.create(course=course, account=account, role=Role.INSTRUCTOR, **person)
        audit.record(request, "made course", slug, course=course, instructor=account.pk if account else None)
    return done(request, messages.course_made(title), "administrator-courses")


@administrators
@require_POST
def change_course(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a course another title."""
    course = get_object_or_404(Course, pk=pk)
    title = request.POST.get("title", "").strip()[:200]
    if not title:
        return refused(request, messages.SLUG_UNFIT, "administrator-courses")
    course.title = title
    course.save(update_fields=["title"])
    audit.record(request, "changed course", course.slug, course=course)
    return done(request, messages.course_made(title), "administrator-courses")
