"""``grader doctor``: what this machine can do, found out by doing it."""

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
from grader.errors import GraderError, UsageError
from grader.kernel import KernelPool
from grader.sandbox import probe
from grader.worker import Examiners

LIBRARIES = ("torch", "transformer_lens", "ipykernel", "jupyter_client", "nbclient", "nbformat", "pytest")


def find_capabilities(assignment: Assignment, console: Console) -> bool:
    """Print layers, versions and models, and return whether submissions can be graded here.

    Raises UsageError when nothing can be graded with this assignment anywhere.
    """
    layers = probe.layers()
    console.print(_table("Lock-down", ((_mark(x.active, x.required), x.name, x.detail) for x in layers)))
    console.print(_table("Versions", ((" ", name, found) for name, found in _versions())))
    complete = all(x.active for x in layers)
    console.print(f"Every layer, which grade --sandbox=strict asks for: {'yes' if complete else 'no'}.\n")
    if sys.platform != "linux":
        console.print(probe.elsewhere(), soft_wrap=True, highlight=False)
    ready = all(x.active for x in layers if x.required)
    return ready and _models(assignment, console)


def _models(assignment: Assignment, console: Console) -> bool:
    start = time.monotonic()
    try:
        with Examiners(assignment, seed=0) as examiners, KernelPool(assignment, address=examiners.address) as pool:
            warm = time.monotonic()
            digests = examiners.hello["models"]
            asked = time.monotonic()
            for model in assignment.models:
                with pool.kernel(model):
                    pass
            ready = (time.monotonic() - asked) / len(assignment.models)
    except UsageError:
        raise
    except GraderError as error:
        console.print(Text(f"✗ {assignment.slug}: {error}", style="red"))
        return False
    rows = ((_mark(True, True), name, f"weights sha256 {digest[:16]}…") for name, digest in digests.items())
    console.print(_table(f"Models of {assignment.slug}", rows))
    console.print(f"Warm after {warm - start:.1f} s; a locked-down kernel every {ready:.2f} s.")
    return True


def _versions() -> list[tuple[str, str]]:
    return [("grader", __version__), ("python", platform.python_version()), *((n, version(n)) for n in LIBRARIES)]


def _mark(active: bool, required: bool) -> str:
    return "✓" if active else "✗" if required else "-"


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
