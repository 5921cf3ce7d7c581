"""The headless Chromium of the tests; without one they are skipped, but in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)

WAIT_MS = 120_000
"""How long a page may take to become what a test expects: machines are busy, and nothing is timed."""

NO_BROWSER = "" if PROGRAM or "CI" in os.environ else "this machine has no Chromium"
needs_browser = pytest.mark.skipif(bool(NO_BROWSER), reason=NO_BROWSER)

expect.set_options(timeout=WAIT_MS)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
