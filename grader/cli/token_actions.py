"""What ``grader token`` does with tokens of the service's API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from grader.cli import token_messages as messages
from grader.errors import UsageError
from grader.sanitize import one_line
from grader.service.atomic_writes import atomic
from grader.service.audit import record
from grader.service.credentials import MOST_DAYS, Scope, end_token, make_token
from grader.service.models import Account, ApiToken, Course


def make(login: str | None, name: str, scopes: Sequence[str], course: str, days: int | None) -> str:
    """Make a token of an account and return its text.

    Raises UsageError for an account, a scope or a course that is not there, and for too many days.
    """
    account = _account(login)
    unknown = [scope for scope in scopes if scope not in set(Scope)]
    if unknown:
        raise UsageError(messages.unknown_scope(unknown[0], list(Scope)))
    found = Course.objects.filter(slug=course).first() if course else None
    if course and found is None:
        raise UsageError(messages.no_course(course))
    if days is not None and days > MOST_DAYS:
        raise UsageError(messages.long_life(MOST_DAYS))
    expires = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    chosen = [Scope(scope) for scope in scopes] or [Scope.SUBMIT, Scope.READ]
    with atomic():
        text = make_token(account, name, chosen, course=found, expires=expires)
        record(None, "made token", account.pk, course=found, scopes=sorted(chosen))
    return text


def print_list(login: str | None) -> None:
    """Print a line for each token.

    Its number, account, name, scopes and course, and whether it works.
    """
    tokens = ApiToken.objects.select_related("account", "course").order_by("pk")
    if login:
        tokens = tokens.filter(account=_account(login))
    for token in tokens:
        course = token.course.slug if token.course else "every course"
        facts = (str(token.pk), token.account.username, token.name, ",".join(token.scopes), course, _state(token))
        print("  ".join(map(one_line, facts)))


def revoke(numbers: Sequence[int]) -> None:
    """End tokens for good.

    Raises UsageError for one that is not there, before any is ended.
    """
    for token in [_token(number) for number in numbers]:
        with atomic():
            ended = end_token(token)
            if ended:
                record(None, "revoked token", token.pk, course=token.course)
        if ended:
            print(messages.revoked(token.pk, one_line(token.name)))


def _account(login: str | None) -> Account:
    found = Account.objects.filter(username=login, is_active=True).first() if login else None
    if found is None:
        raise UsageError(messages.no_account(login))
    return found


def _token(number: int) -> ApiToken:
    found = ApiToken.objects.filter(pk=number).first()
    if found is None:
        raise UsageError(messages.no_such_token(number))
    return found


def _state(token: ApiToken) -> str:
    used = f"used {token.last_used:%Y-%m-%d}" if token.last_used else "not used"
    if token.revoked:
        return f"revoked {token.revoked:%Y-%m-%d}, {used}"
    if token.expires and token.expires <= datetime.now(UTC):
        return f"expired {token.expires:%Y-%m-%d}, {used}"
    return f"until {token.expires:%Y-%m-%d}, {used}" if token.expires else f"works, {used}"
