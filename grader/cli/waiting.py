"""Show on a terminal that a command is at work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rich.console import Console

from grader.cli import messages


@contextlib.contextmanager
def show_waiting() -> Iterator[None]:
    """Show on a terminal that a command is at work: loading a model takes its time."""
    console = Console(stderr=True)
    spinner = "dots" if console.encoding.startswith("utf") else "line"
    status = console.status(messages.LOADING_THEN_GRADING, spinner=spinner)
    with status if console.is_terminal else contextlib.nullcontext():
        yield
