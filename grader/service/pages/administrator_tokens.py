"""Tokens of the API: whose, for what, and until when."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from grader.service import audit
from grader.service.credentials import Scope, end_token, make_token
from grader.service.models import Account, ApiToken, Course
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_forms import TokenForm
from grader.service.pages.administrator_only import administrators, show_secret
from grader.service.pages.page_answers import done, page_of


@administrators
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List tokens, those that work first; make one, and show it."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _make_token(request, **form.cleaned_data)
    rows = ApiToken.objects.select_related("account", "course").order_by("revoked", "-made")
    facts = {"page": page_of(request, rows), "form": form, "now": timezone.now()}
    return render(request, "service/administrator_tokens.html", facts, status=422 if form.is_bound else 200)


def _make_token(
    request: HttpRequest, account: Account, name: str, scope: list[str], course: Course | None, days: int | None
) -> HttpResponse:
    expires = timezone.now() + timedelta(days=days) if days else None
    text = make_token(account, name, map(Scope, scope), course=course, expires=expires)
    audit.record(request, "made token", account.pk, course=course, scopes=sorted(scope))
    return show_secret(request, f"Token of {account.username}", text, messages.TOKEN, "administrator-tokens")


@administrators
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    token = get_object_or_404(ApiToken, pk=pk)
    if end_token(token):
        audit.record(request, "revoked token", token.pk, course=token.course)
    return done(request, messages.revoked(token.name), "administrator-tokens")
