"""Courses: made with a title and a first instructor, who does the rest."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from grader.service import audit
from grader.service.models import Course, Member, Role
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_forms import CourseForm
from grader.service.pages.administrator_only import administrators
from grader.service.pages.page_answers import done, page_of, refused


@administrators
@require_http_methods(["GET", "POST"])
def courses(request: HttpRequest) -> HttpResponse:
    """List all courses; make one with its first instructor."""
    form = CourseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _make_course(request, form)
    students = Count("members", filter=Q(members__role=Role.STUDENT), distinct=True)
    rows = Course.objects.annotate(students=students, tasks=Count("assignments", distinct=True)).order_by("title")
    page = page_of(request, rows)
    staff = Member.objects.filter(course__in=page.object_list, role=Role.INSTRUCTOR).order_by("name")
    facts = {"page": page, "instructors": list(staff), "form": form}
    return render(request, "service/administrator_courses.html", facts, status=422 if form.is_bound else 200)


def _make_course(request: HttpRequest, form: CourseForm) -> HttpResponse:
    account = form.cleaned_data["instructor"]
    with transaction.atomic():
        course = form.save()
        if account:
            person = {"name": account.full_name or account.username, "login": account.username}
            Member.objects.create(course=course, account=account, role=Role.INSTRUCTOR, **person)
        audit.record(request, "made course", course.slug, course=course, instructor=account.pk if account else None)
    return done(request, messages.course_made(course.title), "administrator-courses")


@administrators
@require_POST
def change_course(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a course another title."""
    course = get_object_or_404(Course, pk=pk)
    title = request.POST.get("title", "").strip()[:200]
    if not title:
        return refused(request, messages.NO_TITLE, "administrator-courses")
    course.title = title
    course.save(update_fields=["title"])
    audit.record(request, "changed course", course.slug, course=course)
    return done(request, messages.course_made(title), "administrator-courses")
