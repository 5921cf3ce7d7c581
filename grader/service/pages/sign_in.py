"""Sign in with a password or a one-time link, and sign out."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from grader.service.audit import record
from grader.service.credentials import use_link


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class SignIn(LoginView):
    """Sign in with a name and a password."""

    template_name = "service/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out; by POST alone."""

    next_page = "sign-in"


@login_not_required
def use_sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a click, so that programs which look at links do not use them up; then sign in."""
    if request.method != "POST":
        return render(request, "service/sign_in_link.html", {"secret": secret})
    if (account := use_link(secret)) is None:
        return render(request, "service/sign_in_link.html", {"secret": ""}, status=410)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    record(request, "signed in by link", account.pk)
    return HttpResponseRedirect(reverse("home"))
