"""Sentences of the pages that everybody has."""

from __future__ import annotations

PASSWORD_CHOSEN = "Your password is set; other browsers were signed out."  # noqa: S105 - a sentence
SESSION_ENDED = "That browser is signed out."
SESSIONS_ENDED = "All browsers are signed out."
TOO_MANY_SIGN_INS = "There were too many tries. Wait a minute, then try again; your password is as it was."
