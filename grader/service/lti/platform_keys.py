"""Public keys of learning platforms: fetched once an hour, and when a new one appears."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
import requests
from django.core.cache import cache

from grader.service.lti.refusals import LaunchRefusedError
from grader.service.outgoing import OutgoingSession

_KEPT_S = 3600
_AT_ONCE_S = 20
"""How long an unknown key is not asked for again: who invents keys does not make us ask the platform each time."""


def platform_key(address: str, kid: str) -> jwt.PyJWK:
    """Return the key of this id in the key set at an address; raises LaunchRefusedError."""
    name = f"lti-keys:{hashlib.sha256(address.encode()).hexdigest()}"
    kept: dict[str, Any] | None = cache.get(name)
    if kept is not None and (found := _find(kept, kid)):
        return found
    if kept is None or cache.add(f"{name}:asked", 1, _AT_ONCE_S):
        kept = fetch_keys(address)
        cache.set(name, kept, _KEPT_S)
        if found := _find(kept, kid):
            return found
    raise LaunchRefusedError("key")


def fetch_keys(address: str) -> dict[str, Any]:
    """Return the key set at an address; raises LaunchRefusedError."""
    try:
        with OutgoingSession() as session:
            answer = session.get(address, headers={"Accept": "application/json"})
            answer.raise_for_status()
            told = answer.json()
    except (requests.RequestException, ValueError):
        raise LaunchRefusedError("keys") from None
    if not isinstance(told, dict) or not isinstance(told.get("keys"), list):
        raise LaunchRefusedError("keys")
    return told


def _find(keys: dict[str, Any], kid: str) -> jwt.PyJWK | None:
    """Return a key that signs with RS256, whatever else it says of itself."""
    for key in keys["keys"]:
        if isinstance(key, dict) and key.get("kid") == kid and key.get("kty") == "RSA":
            try:
                return jwt.PyJWK(key, algorithm="RS256")
            except jwt.PyJWTError:
                return None
    return None
