"""Tokens of the API: whose, for what, and until when."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from grader.service import audit
from grader.service.credentials import MOST_DAYS, Scope, end_token, make_token
from grader.service.models import Account, ApiToken, Course
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_only import administrators, show_secret
from grader.service.pages.page_answers import done, page_of, refused


@administrators
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """List tokens, those that work first."""
    rows = ApiToken.objects.select_related("account", "course").order_by("revoked", "-made")
    facts = {"page": page_of(request, rows), "scopes": list(Scope), "now": timezone.now()}
    return render(request, "service/administrator_tokens.html", facts)


@administrators
@require_POST
def make_api_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it."""
    name, slug = request.POST.get("account", "").strip(), request.POST.get("course", "").strip()
    days = request.POST.get("days", "").strip()
    account = Account.objects.filter(username=name, is_active=True).first()
    course = Course.objects.filter(slug=slug).first() if slug else None
    scopes = [scope for scope in Scope if scope in request.POST.getlist("scope")]
    if account is None:
        return refused(request, messages.no_account(name), "administrator-tokens")
    if slug and course is None:
        return refused(request, messages.no_course(slug), "administrator-tokens")
    if not scopes:
        return refused(request, messages.NO_SCOPE, "administrator-tokens")
    if days and not (days.isascii() and days.isdecimal() and len(days) < 9 and 1 <= int(days) <= MOST_DAYS):
        return refused(request, messages.no_days(MOST_DAYS), "administrator-tokens")
    said = request.POST.get("name", "").strip() or "unnamed"
    expires = timezone.now() + timedelta(days=int(days)) if days else None
    text = make_token(account, said, scopes, course=course, expires=expires)
    audit.record(request, "made token", account.pk, course=course, scopes=sorted(scopes))
    return show_secret(request, f"Token of {account.username}", text, messages.TOKEN, "administrator-tokens")


@administrators
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    token = get_object_or_404(ApiToken, pk=pk)
    if end_token(token):
        audit.record(request, "revoked token", token.pk, course=token.course)
    return done(request, messages.revoked(token.name), "administrator-tokens")
