"""The token by which a person may use a platform: from the environment or the keyring."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from grader.errors import PlatformError, UsageError
from grader.platforms import messages

SERVICE = "grader"
"""What the keyring knows our tokens by, each under the site's address."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, which no ``repr`` and no traceback shows."""

    text: str = field(repr=False)

    def hidden_in(self, text: str) -> str:
        """Return a text without the token, should a server quote it."""
        return text.replace(self.text, "(token)")


def saved_token(platform: str, site: str) -> Token:
    """Return the token for a site: ``GRADER_CANVAS_TOKEN``, or the keyring's.

    ``site`` is the address that platform's pages begin with. Raises UsageError where there is none, and for one that is
    to travel unencrypted.
    """
    return token_in(f"GRADER_{platform.upper()}_TOKEN", site, platform.capitalize())


def token_in(name: str, site: str, maker: str) -> Token:
    """Return the token for a site in a variable, or the keyring's.

    ``maker`` is where one is made. Raises UsageError where there is none.
    """
    text = os.environ.get(name, "").strip() or _in_keyring(site)
    if not text:
        raise UsageError(messages.no_token(site, maker, name, SERVICE))
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise UsageError(messages.impossible_token(site))
    return Token(text)


def require_safe(site: str) -> None:
    """Raise UsageError where a token would travel unencrypted to another machine."""
    parts = urlsplit(site)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(messages.not_encrypted(site))


def _in_keyring(site: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:  # it comes with the extra `platforms`, and the environment is enough
        return ""
    try:
        return (keyring.get_password(SERVICE, site) or "").strip()
    except keyring.errors.NoKeyringError:
        return ""
    except Exception as error:  # noqa: BLE001 - each backend raises what it likes
        raise PlatformError(messages.keyring_unreadable(type(error).__name__)) from None
