"""A course's roster: who is in it, as what, and how they come in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlencode

from django import forms
from django.contrib import messages as notices
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grader.errors import UsageError
from grader.intake import read_roster
from grader.service import access, audit
from grader.service.invitations import NotInvitedError, invite
from grader.service.models import Course, Member
from grader.service.pages import staff_messages as messages
from grader.service.pages.page_answers import done, page_of, refused
from grader.service.pages.staff_links import staff_context
from grader.service.requests import account_of
from grader.service.roster_import import add_people

_FACTS = ("name", "login", "number", "email", "section", "group", "role", "active")


class MemberForm(forms.ModelForm[Member]):
    """What the roster tells of one member."""

    class Meta:
        """All that staff may change."""

        model = Member
        fields = _FACTS
        labels = {"login": "Login", "number": "Student number", "email": "E-mail address", "active": "In the course"}  # noqa: RUF012 - Django's own way

    def __init__(self, data: object, course: Course, member: Member | None, by: object) -> None:
        super().__init__(data, instance=member or Member(course=course))  # type: ignore[arg-type]
        self._own = bool(member and member.account_id and member.account == by)

    def clean(self) -> dict[str, object]:
        """Keep people from locking themselves out."""
        if self._own and {"role", "active"} & set(self.changed_data):
            raise forms.ValidationError(messages.NOT_YOURSELF)
        return self.cleaned_data


@require_GET
def roster(request: HttpRequest, course: str) -> HttpResponse:
    """Show who is in a course, in pages."""
    found = access.course_for(account_of(request), course, access.STAFF)
    members = found.members.order_by("name", "pk").select_related("account")
    if wanted := request.GET.get("q", "").strip():
        members = members.filter(
            Q(name__icontains=wanted) | Q(login__icontains=wanted) | Q(number__icontains=wanted)
            | Q(email__icontains=wanted) | Q(section__iexact=wanted)
        )  # fmt: skip
    if role := request.GET.get("role", ""):
        members = members.filter(active=False) if role == "left" else members.filter(role=role, active=True)
    context = {
        "query": urlencode({"q": wanted, "role": role}),
        "page": page_of(request, members),
        "q": wanted,
        "role": role,
        "uninvited": found.members.filter(active=True, account=None).count(),
    }
    return render(request, "service/staff_roster.html", staff_context(request, found) | context)


@require_POST
def roster_file(request: HttpRequest, course: str) -> HttpResponse:
    """Add the people of a platform's roster."""
    found = access.course_for(account_of(request), course, access.INSTRUCTORS)
    file = request.FILES.get("roster")
    if file is None:
        return refused(request, messages.NO_ROSTER, "roster", course)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roster.csv")
        path.write_bytes(file.read())
        try:
            people = read_roster(path)
        except UsageError as error:
            return refused(request, messages.unread_roster(str(error), str(path)), "roster", course)
    change = add_people(found, people)
    counts = {"added": len(change.added), "changed": len(change.changed), "left_out": len(change.left_out)}
    audit.record(request, "read a roster", found.pk, course=found, **counts)
    for sentence in messages.roster_read(change):
        notices.success(request, sentence)
    return redirect("roster", course)


@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, course: str, pk: int | None = None) -> HttpResponse:
    """Show what is known of a member, and change it; without one, add one."""
    found = access.course_for(account_of(request), course, access.INSTRUCTORS)
    one = None if pk is None else get_object_or_404(found.members.select_related("account"), pk=pk)
    form = MemberForm(request.POST if request.method == "POST" else None, found, one, account_of(request))
    if form.is_valid():
        try:
            with transaction.atomic():
                saved = form.save()
        except IntegrityError:
            form.add_error("login", messages.LOGIN_TAKEN)
        else:
            action = "changed a member" if one else "added a member"
            audit.record(request, action, saved.pk, course=found, changed=form.changed_data)
            return done(request, messages.MEMBER_SAVED, "roster", course)
    context = staff_context(request, found) | {"member": one, "form": form}
    return render(request, "service/staff_member.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
def invite_members(request: HttpRequest, course: str, pk: int | None = None) -> HttpResponse:
    """Make one-time links, for one member or all who have no account, and show them this once."""
    found = access.course_for(account_of(request), course, access.INSTRUCTORS)
    active = found.members.filter(active=True).order_by("name", "pk")
    members = list(active.filter(account=None) if pk is None else active.filter(pk=pk))
    if pk is not None and not members:
        raise Http404
    links, not_invited = [], []
    for one in members:
        try:
            links.append((one, invite(one, by=account_of(request))))
        except NotInvitedError as error:
            not_invited.append(str(error))
            continue
        audit.record(request, "invited", one.pk, course=found)
    context = staff_context(request, found) | {"invited": links, "refused": not_invited}
    return render(request, "service/staff_invited.html", context)
