"""Accounts for members of a roster, and the links that open them."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from grader.errors import UsageError
from grader.service import messages
from grader.service.credentials import make_link
from grader.service.models import Account, Member
from grader.service.sessions import end_sessions

SIGN_IN_LINKS = "sign-in/"
"""The path of one-time links: to look it up would import all pages."""

_UNFIT = re.compile(r"[^\w.@+-]+")


class NotInvitedError(UsageError):
    """Refuses a link that would also open courses which are not the asker's."""


def make_account(name: str, full_name: str = "", *, administrator: bool = False) -> Account:
    """Return a new account, which a link opens; raises UsageError for a name that cannot be."""
    if not re.fullmatch(r"[\w.@+-]{1,150}", name):
        raise UsageError(messages.NAME_UNFIT)
    if Account.objects.filter(username=name).exists():
        raise UsageError(messages.name_taken(name))
    return Account.objects.create_user(name, full_name=full_name[:200], is_superuser=administrator)


def make_administrator(account: Account) -> None:
    """Let an account administer the service.

    Its password, sessions, links and tokens end, because an instructor may have made them.
    """
    end_sessions(account)
    account.links.filter(used=None).delete()
    account.tokens.filter(revoked=None).update(revoked=timezone.now())
    account.is_superuser = True
    account.set_unusable_password()
    account.save(update_fields=["is_superuser", "password"])


def invite(member: Member, *, by: Account | None = None) -> str:
    """Return a one-time link that signs a member in; earlier ones end.

    A member without an account gets one, never somebody else's of the same name. Raises NotInvitedError for an account
    that opens more than this course, unless ``by`` is an administrator.
    """
    with transaction.atomic():
        member = Member.objects.select_for_update().select_related("course").get(pk=member.pk)
        account = member.account or _new_account(member)
        if not (by and by.is_superuser) and _opens_more(account, member):
            raise NotInvitedError(messages.not_invited(member.name))
        if member.account is None:
            member.account = account
            member.save(update_fields=["account"])
        return link_for(account)


def link_for(account: Account) -> str:
    """Return the address of a one-time link for an account; its earlier ones end."""
    account.links.filter(used=None).delete()
    return f"{settings.CONFIG.url}/{SIGN_IN_LINKS}{make_link(account)}"


def _opens_more(account: Account, member: Member) -> bool:
    return account.is_superuser or account.memberships.exclude(course=member.course).exists()


def _new_account(member: Member) -> Account:
    wanted = _UNFIT.sub("-", member.login or member.email or member.name).strip("-")[:100] or "member"
    for name in (wanted, f"{wanted}-{member.course.slug}"[:150], f"{wanted}-{member.pk}"[:150]):
        try:
            with transaction.atomic():
                return Account.objects.create_user(name, email=member.email, full_name=member.name)
        except IntegrityError:
            continue
    raise NotInvitedError(messages.not_invited(member.name))
