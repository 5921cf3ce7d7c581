"""Gunicorn's own log as the service's records; requests are logged by the service."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from grader.service.config import load_config
from grader.service.log_records import set_up_logging


class GunicornRecords(Logger):  # type: ignore[misc] # it ships no types
    """What ``--logger-class`` names."""

    def setup(self, cfg: Any) -> None:
        """Write through our handler alone."""
        super().setup(cfg)
        set_up_logging(load_config().log)

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Warn, naming the line that does: the text of most warnings quotes what was sent."""
        self.error_log.warning(msg, *args, stacklevel=2, **kwargs)
