"""What staff sees of a course: its assignments, their terms, extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grader.service import access, audit
from grader.service.models import Course, CourseAssignment, State, Upload
from grader.service.pages import staff_messages as messages
from grader.service.pages.page_answers import done
from grader.service.pages.staff_forms import ExtensionForm, NewAssignmentForm, TermsForm, in_chosen_zone
from grader.service.pages.staff_links import roles_for, staff_context
from grader.service.requests import account_of


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many people's latest attempts there are, still wait, and failed by our fault."""

    handed_in: int = 0
    waiting: int = 0
    errors: int = 0


@require_GET
def course(request: HttpRequest, course: str) -> HttpResponse:
    """Show a course's assignments with how many were handed in, wait, and failed by our fault."""
    found = access.course_for(account_of(request), course, access.STAFF)
    counts = _counts(found)
    rows = [(a, counts.get(a.pk, _Counts())) for a in found.assignments.select_related("files")]
    return render(request, "service/staff_course.html", staff_context(request, found) | {"rows": rows})


def _counts(course: Course) -> dict[int, _Counts]:
    later = Upload.objects.filter(
        assignment=OuterRef("assignment"), member=OuterRef("member"), attempt__gt=OuterRef("attempt")
    )
    latest = Upload.objects.filter(~Exists(later), assignment__course=course).values("assignment")
    counted = latest.annotate(
        handed_in=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=State.open())),
        errors=Count("pk", filter=Q(state=State.ERROR)),
    )
    rows = counted.values_list("assignment", "handed_in", "waiting", "errors")
    return {pk: _Counts(*numbers) for pk, *numbers in rows}


@require_http_methods(["GET", "POST"])
@in_chosen_zone
def new_assignment(request: HttpRequest, course: str) -> HttpResponse:
    """Put an approved assignment into a course."""
    found = access.course_for(account_of(request), course, access.INSTRUCTORS)
    form = NewAssignmentForm(request.POST if request.method == "POST" else None, found)
    if form.is_valid():
        made = CourseAssignment(course=found, slug=form.cleaned_data["slug"])
        form.put_in(made)
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            form.add_error("slug", messages.SLUG_TAKEN)
        else:
            audit.record(request, "made an assignment", made.pk, course=found, files=made.files.digest)
            return done(request, messages.ASSIGNMENT_MADE, "staff-course", found.slug)
    return _form_page(request, form, staff_context(request, found))


@require_http_methods(["GET", "POST"])
@in_chosen_zone
def terms(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show an assignment's terms, and change them."""
    found = access.assignment_for(account_of(request), course, slug, roles_for(request))
    form = TermsForm(request.POST if request.method == "POST" else None, found.course, found)
    if form.is_valid():
        changed = form.put_in(found)
        found.save()
        audit.record(request, "changed terms", found.pk, course=found.course, changed=changed)
        if "files" in changed:
            notices.warning(request, messages.FILES_CHANGED)
        return done(request, messages.TERMS_SAVED, request.path)
    context = staff_context(request, found.course, found)
    if not context["may_change"]:
        for field in form.fields.values():
            field.disabled = True
    return _form_page(request, form, context)


def _form_page(request: HttpRequest, form: TermsForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "service/staff_terms.html", context | {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@in_chosen_zone
def extensions(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show who has more time or attempts, and give somebody more."""
    found = access.assignment_for(account_of(request), course, slug, roles_for(request))
    form = ExtensionForm(request.POST if request.method == "POST" else None, found, request.GET.get("member", ""))
    if form.is_valid():
        made = form.extension(found)
        made.save()
        audit.record(request, "gave an extension", made.pk, course=found.course, member=made.member.pk)
        return done(request, messages.EXTENSION_SAVED, request.path)
    rows = found.extensions.select_related("member").order_by("member__name", "pk")
    context = staff_context(request, found.course, found) | {"form": form, "rows": rows}
    return render(request, "service/staff_extensions.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_extension(request: HttpRequest, course: str, slug: str, pk: int) -> HttpResponse:
    """Take an extension back."""
    found = access.assignment_for(account_of(request), course, slug, access.INSTRUCTORS)
    extension = get_object_or_404(found.extensions, pk=pk)
    audit.record(request, "took an extension back", pk, course=found.course, member=extension.member_id)
    extension.delete()
    return done(request, messages.EXTENSION_REMOVED, "staff-extensions", course, slug)
