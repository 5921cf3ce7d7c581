"""Sign in with a password or a one-time link, and sign out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from grader.service import sessions
from grader.service.atomic_writes import atomic, own_transaction
from grader.service.audit import record
from grader.service.credentials import use_link
from grader.service.models import Account
from grader.service.pages import messages
from grader.service.rate_limits import Tries
from grader.service.requests import client_network


class SignInForm(AuthenticationForm):
    """The name and the password, with our own sentence where they do not fit."""

    def get_invalid_login_error(self) -> ValidationError:
        """Return what is said of a wrong name as of a wrong password."""
        return ValidationError(messages.WRONG_PASSWORD, code="invalid_login")


# Looking at a password takes long.
@method_decorator([own_transaction, login_not_required, sensitive_post_parameters()], name="dispatch")
class SignIn(LoginView):
    """Sign in with a name and a password.

    Each failure counts for the name and for the address."""

    template_name = "service/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse what was tried too often before any password is looked at."""
        name = Account.normalize_username(request.POST.get("username", "").strip())
        tried = _tries(request, f"as {name.casefold()}")
        if not tried.take():
            empty = SignInForm(request, initial={"username": request.POST.get("username", "")})
            answer = self.render_to_response(self.get_context_data(form=empty, refused=messages.TOO_MANY_SIGN_INS))
            answer.status_code, answer["Retry-After"] = 429, str(tried.wait_s)
            return answer
        form = self.get_form()
        if not form.is_valid():
            with atomic():
                record(request, "failed to sign in")
            return self.form_invalid(form)
        tried.give_back()
        return self.form_valid(form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Begin the session."""
        account = form.get_user()
        with atomic():
            sessions.start_session(self.request, account)
            record(self.request, "signed in", account.pk)
        return HttpResponseRedirect(self.get_success_url())


class SignOut(LogoutView):
    """Sign out; by POST alone."""

    next_page = "sign-in"


@never_cache
@login_not_required
def use_sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a click, so that programs which look at links do not use them up; then sign in."""
    if request.method != "POST":
        return render(request, "service/sign_in_link.html", {"secret": secret})
    tried = _tries(request)
    if not tried.take():
        return HttpResponse(messages.TOO_MANY_SIGN_INS, status=429, content_type="text/plain; charset=utf-8")
    if (account := use_link(secret)) is None:
        return render(request, "service/sign_in_link.html", {"secret": ""}, status=410)
    tried.give_back()
    sessions.start_session(request, account, by_link=True)
    record(request, "signed in by link", account.pk)
    return redirect("password")


def _tries(request: HttpRequest, *names: str) -> Tries:
    return Tries("sign-in", settings.CONFIG.sign_ins_per_minute, f"from {client_network(request)}", *names)
