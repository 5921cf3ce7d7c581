"""Secrets of hooks: made of the installation's key, so that the database holds none."""

from __future__ import annotations

import base64
import secrets

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook


def new_salt() -> str:
    """Return what a new hook's secret is made of."""
    return secrets.token_hex(32)


def signing_secret(salt: str) -> str:
    """Return the secret of a hook as Standard Webhooks writes it: 32 bytes in base64."""
    key = salted_hmac("grader.service.hooks", salt, algorithm="sha256").digest()
    return "whsec_" + base64.b64encode(key).decode()


def webhook_of(salt: str) -> Webhook:
    """Return what signs and verifies with a hook's secret."""
    return Webhook(signing_secret(salt))
