"""Accounts: who can sign in, and how they get to."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grader.errors import UsageError
from grader.service import audit, invitations
from grader.service.atomic_writes import own_transaction
from grader.service.models import Account
from grader.service.pages import administrator_messages as messages
from grader.service.pages.administrator_only import administrators, show_secret
from grader.service.pages.page_answers import done, page_of, refused
from grader.service.person_deletion import forget
from grader.service.requests import account_of
from grader.service.sessions import end_sessions


@administrators
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts, those alone that a search finds."""
    query = request.GET.get("q", "").strip()
    rows = Account.objects.annotate(courses=Count("memberships")).order_by("username")
    if query:
        words = ("username", "full_name", "email", "memberships__name")
        found = Q(*((f"{word}__icontains", query) for word in words), _connector=Q.OR)
        rows = rows.filter(pk__in=Account.objects.filter(found).values("pk"))
    return render(
        request,
        "service/administrator_accounts.html",
        {"page": page_of(request, rows), "q": query, "query": urlencode({"q": query})},
    )


@administrators
@require_POST
def make_account(request: HttpRequest) -> HttpResponse:
    """Make an account, and show the link that opens it."""
    name, full_name = (request.POST.get(n, "").strip() for n in ("username", "full_name"))
    try:
        account = invitations.make_account(name, full_name, administrator="administrator" in request.POST)
    except UsageError as error:
        return refused(request, str(error), "administrator-accounts")
    audit.record(request, "made account", account.pk, administrator=account.is_superuser)
    return _show_link(request, account)


@administrators
@require_POST
def make_account_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a new link for an account; earlier ones end."""
    account = get_object_or_404(Account, pk=pk, is_active=True)
    audit.record(request, "made link", account.pk)
    return _show_link(request, account)


@administrators
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate an account, whose sessions end at once, or activate it again."""
    account = get_object_or_404(Account, pk=pk)
    if account == account_of(request):
        return refused(request, messages.NOT_YOURSELF, "administrator-accounts")
    account.is_active = "active" in request.POST
    account.save(update_fields=["is_active"])
    if account.is_active:
        audit.record(request, "activated account", account.pk)
        return done(request, messages.activated(account.username), "administrator-accounts")
    end_sessions(account)
    account.links.filter(used=None).update(used=timezone.now())
    audit.record(request, "deactivated account", account.pk)
    return done(request, messages.deactivated(account.username), "administrator-accounts")


@own_transaction  # files are deleted after it
@administrators
@require_http_methods(["GET", "POST"])
def forget_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete all of a person's data, once their name was typed."""
    account = get_object_or_404(Account, pk=pk)
    if account == account_of(request):
        return refused(request, messages.NOT_YOURSELF, "administrator-accounts")
    if request.method != "POST":
        return render(request, "service/administrator_forget.html", {"account": account})
    if request.POST.get("username", "") != account.username:
        return refused(request, messages.WRONG_NAME, "administrator-accounts")
    try:
        said = forget(account.username, lambda uploads: audit.record(request, "forgot a person", uploads=uploads))
    except UsageError as error:
        return refused(request, str(error), "administrator-accounts")
    return done(request, said.sentence, "administrator-accounts")


def _show_link(request: HttpRequest, account: Account) -> HttpResponse:
    return show_secret(
        request, f"Link for {account.username}", invitations.link_for(account), messages.LINK, "administrator-accounts"
    )
