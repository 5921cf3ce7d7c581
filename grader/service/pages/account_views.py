"""One's own account: the password, and the browsers that are signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grader.service import access, sessions
from grader.service.atomic_writes import atomic, own_transaction
from grader.service.audit import record
from grader.service.models import Account
from grader.service.pages import messages
from grader.service.pages.page_answers import done, refused
from grader.service.rate_limits import Tries
from grader.service.requests import account_of


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is, in which courses, and where one is signed in."""
    own = account_of(request)
    facts = {"memberships": access.memberships(own), "sessions": sessions.sessions_of(request, own)}
    return render(request, "service/account.html", facts)


@own_transaction  # passwords take long
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Choose a password: with the old one, or without one after a link signed in."""
    own = account_of(request)
    tried = Tries("password", settings.CONFIG.sign_ins_per_minute, str(own.pk))
    if request.method == "POST" and not tried.take():
        return refused(request, messages.TOO_MANY_SIGN_INS, "password")
    form = _form(request, own)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False)
        with atomic():
            own.save(update_fields=["password"])
            update_session_auth_hash(request, own)
            sessions.forget_link(request)
            sessions.end_sessions(own, but=request.session.session_key)
            own.links.filter(used=None).delete()
            record(request, "chose a password", own.pk)
        return done(request, messages.PASSWORD_CHOSEN, "home")
    return render(request, "service/password.html", {"form": form}, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, own: Account) -> SetPasswordForm[Account]:
    data = request.POST if request.method == "POST" else None
    kind = SetPasswordForm if sessions.came_by_link(request) else PasswordChangeForm
    form = kind(own, data)
    form.fields["new_password1"].help_text = messages.PASSWORD_RULES
    form.fields["new_password2"].help_text = ""
    return form


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions, or all of them with this one."""
    own = account_of(request)
    only = request.POST.get("session", "")
    record(request, "ended sessions", own.pk, number=sessions.end_sessions(own, only=only))
    return done(request, messages.SESSION_ENDED if only else messages.SESSIONS_ENDED, "account")
