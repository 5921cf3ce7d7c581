"""What is asked of a request again and again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from grader.service.models import Account


def account_of(request: HttpRequest) -> Account:
    """Return who is signed in; raises PermissionDenied for nobody."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user
