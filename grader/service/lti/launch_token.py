"""Whether an id_token is what the platform of a sign-in sent, for us, just now."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

import jwt
from lti_tool.models import LtiRegistration

from grader.service.lti.platform_keys import platform_key
from grader.service.lti.refusals import LaunchRefusedError

SKEW_S: Final = 60
"""How far the platform's clock and ours may differ."""

_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "nonce"]
_REASONS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.MissingRequiredClaimError, "claims"),
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "clock"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.InvalidSignatureError, "signature"),
)


def verified_claims(token: str, registration: LtiRegistration, nonce: str) -> dict[str, Any]:
    """Return what an id_token says; raises LaunchRefusedError for one that cannot be trusted."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise LaunchRefusedError("format") from None
    if header.get("alg") != "RS256":
        raise LaunchRefusedError("algorithm")
    key = platform_key(registration.keyset_url, str(header.get("kid", "")))
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=["RS256"], audience=registration.client_id, issuer=registration.issuer,
            leeway=SKEW_S, options={"require": _REQUIRED},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise LaunchRefusedError(next((r for kind, r in _REASONS if isinstance(error, kind)), "format")) from None
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", registration.client_id) != registration.client_id or (
        len(audiences) > 1 and "azp" not in claims
    ):
        raise LaunchRefusedError("audience")
    if not secrets.compare_digest(_digest(claims["nonce"]), _digest(nonce)):
        raise LaunchRefusedError("nonce")
    return claims


def _digest(value: object) -> bytes:
    return hashlib.sha256(str(value).encode()).digest()
