"""Addresses of learning platforms, by their kind, and what each is given of ours.

As their own documentation gives them; none of the platforms was reached. What an administrator reads on the platform's
own page goes before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse

from grader.errors import UsageError
from grader.service.lti import messages
from grader.service.lti.platform_client import LINE_ITEMS, MEMBERS, RESULTS, SCORE


@dataclass(frozen=True, slots=True)
class PlatformAddresses:
    """Where a platform answers, empty where it is not known.

    ``{url}`` is the platform's own address, ``{client_id}`` our id there.
    """

    issuer: str = ""
    auth_url: str = ""
    token_url: str = ""
    keys_url: str = ""
    audience: str = ""


KINDS = {
    "canvas": PlatformAddresses(
        "https://canvas.instructure.com",
        "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "https://sso.canvaslms.com/login/oauth2/token",
        "https://sso.canvaslms.com/api/lti/security/jwks",
    ),
    "moodle": PlatformAddresses(
        "{url}", "{url}/mod/lti/auth.php", "{url}/mod/lti/token.php", "{url}/mod/lti/certs.php"
    ),
    "brightspace": PlatformAddresses(
        "{url}",
        "{url}/d2l/lti/authenticate",
        "https://auth.brightspace.com/core/connect/token",
        "{url}/d2l/.well-known/jwks",
        "https://api.brightspace.com/auth/token",
    ),
    "blackboard": PlatformAddresses(
        "https://blackboard.com",
        "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
        "https://developer.blackboard.com/api/v1/management/applications/{client_id}/jwks.json",
    ),
    "sakai": PlatformAddresses("{url}", "{url}/imsoidc/lti13/oidc_auth", "", "{url}/imsblis/lti13/keyset"),
    "other": PlatformAddresses(),
}
"""Sakai has a token address for each tool, which it shows."""


def addresses_of(kind: str, url: str, client_id: str, given: PlatformAddresses) -> PlatformAddresses:
    """Return a platform's addresses; raises UsageError for one that is not known."""
    known = KINDS[kind]
    values = {
        name: (getattr(given, name) or getattr(known, name)).format(url=url, client_id=client_id)
        for name in PlatformAddresses.__slots__
    }
    if missing := next((n for n, value in values.items() if not value and n != "audience"), None):
        raise UsageError(messages.address_missing(kind, missing.replace("_", "-")))
    return replace(known, **values)


def what_to_paste(kind: str) -> Iterator[str]:
    """Yield lines with what an administrator gives a platform of this kind."""
    login, launch, keys = (f"{settings.CONFIG.url}{reverse(n)}" for n in ("lti-login", "lti-launch", "lti-key-set"))
    if kind == "canvas":
        yield messages.PASTE_CANVAS
        yield json.dumps(_canvas(login, launch, keys), indent=2)
        return
    yield messages.PASTE[kind]
    yield from (
        f"  {name}: {value}" for name, value in zip(messages.PASTE_NAMES, (login, launch, launch, keys), strict=True)
    )
    yield messages.PASTE_SERVICES


def _canvas(login: str, launch: str, keys: str) -> dict[str, object]:
    """Return the JSON of a Canvas developer key."""
    placements = [
        {"placement": name, "message_type": "LtiDeepLinkingRequest", "target_link_uri": launch, "text": "Grader"}
        for name in ("assignment_selection", "link_selection")
    ]
    return {
        "title": "Grader",
        "description": messages.TOOL,
        "oidc_initiation_url": login,
        "target_link_uri": launch,
        "public_jwk_url": keys,
        "scopes": [LINE_ITEMS, RESULTS, SCORE, MEMBERS],
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "privacy_level": "public",
                "settings": {"text": "Grader", "placements": placements},
            }
        ],
        "custom_fields": {},
    }
