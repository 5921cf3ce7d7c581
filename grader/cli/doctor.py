"""``grader doctor``: find out what this machine can do by trying it."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import __version__
from grader.assignment import Assignment
from grader.cli import messages
from grader.errors import GraderError, UsageError
from grader.kernel import KernelPool
from grader.sandbox import probe
from grader.terminal import as_shown
from grader.worker import Examiners

_SHOWN_LIBRARIES = ("torch", "ipykernel", "jupyter_client", "nbclient", "nbformat", "pytest")


def find_capabilities(assignment: Assignment) -> bool:
    """Print layers, versions and models, and return whether submissions can be graded here.

    Raises UsageError when nothing can be graded with this assignment anywhere.
    """
    console, layers = Console(), probe.layers()
    console.print(plain_table(messages.LAYERS_TITLE, ((mark(x.active, x.required), x.name, x.detail) for x in layers)))
    console.print(plain_table(messages.VERSIONS_TITLE, ((" ", name, found) for name, found in _library_versions())))
    if sys.platform != "linux":
        console.print(probe.elsewhere(), soft_wrap=True, highlight=False)
    usable = all(x.active for x in layers if x.required)
    if not (usable and _models_load(assignment, console)):
        return False
    missing = [x.name for x in layers if not x.active]
    console.print(messages.what_works(missing), soft_wrap=True, highlight=False)
    return True


def _models_load(assignment: Assignment, console: Console) -> bool:
    start = time.monotonic()
    try:
        with Examiners(assignment, seed=0) as examiners, KernelPool(assignment, address=examiners.address) as pool:
            loaded = time.monotonic()
            digests = examiners.info.models
            started = time.monotonic()
            for model in assignment.models:
                with pool.kernel(model):
                    pass
            kernel_s = (time.monotonic() - started) / len(assignment.models)
    except UsageError:
        raise
    except GraderError as error:
        console.print(Text(f"✗ {assignment.slug}: {error}", style="red"))
        return False
    rows = ((mark(True, True), name, messages.weights(digest)) for name, digest in digests.items())
    console.print(plain_table(messages.models_title(assignment.slug), rows))
    console.print(messages.speed(loaded - start, kernel_s))
    return True


def _library_versions() -> list[tuple[str, str]]:
    return [
        ("grader", __version__),
        ("python", platform.python_version()),
        *((n, version(n)) for n in _SHOWN_LIBRARIES),
    ]


def mark(active: bool, required: bool) -> str:
    """Return the sign of what is there, is missing, or would be good to have."""
    return "✓" if active else "✗" if required else "-"


def plain_table(title: str, rows: Iterable[tuple[str, str, str]]) -> Table:
    """Return rows of three texts as a table without lines."""
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*(Text(as_shown(text)) for text in row))
    return table
