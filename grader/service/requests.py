"""Who sent a request: the account that is signed in, the address that it came from."""

from __future__ import annotations

import contextlib
import ipaddress

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from grader.service.models import Account


def account_of(request: HttpRequest) -> Account:
    """Return who is signed in; raises PermissionDenied for nobody."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user


def client_network(request: HttpRequest) -> str:
    """Return the address that a request came from, or of IPv6 its network.

    One person has a whole network of IPv6 addresses.
    """
    address = client_address(request)
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return address


def client_address(request: HttpRequest) -> str:
    """Return the address that a request came from.

    ``X-Forwarded-For`` is believed only of proxies in the settings: the client is the last address in it that is no
    such proxy. Whoever connects to a Unix socket counts as one, because only a proxy may open its file.
    """
    proxies = [*settings.CONFIG.proxies, *([""] if settings.CONFIG.bind.startswith("unix:") else [])]
    address = str(request.META.get("REMOTE_ADDR", ""))
    for before in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if address not in proxies or not before.strip():
            break
        address = before.strip()
    return address[:45]
