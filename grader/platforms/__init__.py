"""Fetch submissions from learning platforms, and write grades back, by a person's token."""

from __future__ import annotations

import importlib
import time

from grader.errors import UsageError
from grader.platforms.platform import Platform, Wait

PLATFORMS = {"canvas": ("canvas_api", "CanvasAssignment"), "moodle": ("moodle_api", "MoodleAssignment")}
"""What stands for a platform: the module and the class."""


def open_platform(name: str, address: str, *, wait: Wait = time.sleep) -> Platform:
    """Return the assignment whose page on a platform has this address.

    Raises UsageError where it is none's, there is no token, or the libraries for platforms are not installed.
    """
    from grader.platforms import messages  # every command reads this module, and few open a platform

    module, kind = PLATFORMS[name]
    try:
        found = getattr(importlib.import_module(f"grader.platforms.{module}"), kind)
    except ModuleNotFoundError as error:
        raise UsageError(messages.not_installed(str(error.name))) from error
    opened: Platform = found(address, wait=wait)
    return opened
