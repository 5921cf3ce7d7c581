"""The way to the service's modules, whose libraries not every installation has."""

from __future__ import annotations

from grader.cli import messages
from grader.errors import UsageError

try:
    from grader.service.config import load_config
    from grader.service.setup_django import setup_django
except ModuleNotFoundError as error:
    raise UsageError(messages.no_service(error.name)) from error

__all__ = ["load_config", "setup_django"]
