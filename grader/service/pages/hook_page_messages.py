"""Sentences of the page of a course's hooks."""

from __future__ import annotations

NO_HOST = "Give names of hosts such as lms.example.edu, 20 at most, with commas between them and without https://."
NO_TOKEN_TEXT = "A token has no spaces and no letters beyond ASCII."  # noqa: S105 - a sentence
REMOVED = "The hook is removed."
RESUMED = "The hook is switched on again. What was given up is sent again by the buttons below."
REPLAYED = "It is sent again."
SWITCHED_OFF = "this hook is switched off; switch it on first"
INCOMING_ENDED = "Nothing is taken from this hook any more."
OUT_SECRET = "The receiver verifies signatures with this secret, as Standard Webhooks says. It is not shown again."  # noqa: S105 - a sentence
IN_SECRET = "The sender signs its events with this secret, as Standard Webhooks says. It is not shown again."  # noqa: S105 - a sentence
