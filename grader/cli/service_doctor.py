"""``grader doctor --service``: find out whether the service can work here."""

from __future__ import annotations

from rich.console import Console

from grader.cli import messages
from grader.cli.doctor import mark, plain_table
from grader.cli.service_extra import setup_django


def find_service_faults() -> bool:
    """Print what the service has and lacks, and return whether it can work."""
    setup_django()
    from grader.service.self_check import findings

    found = list(findings())
    rows = ((mark(f.good, f.required), f.name, f.detail) for f in found)
    console = Console()
    console.print(plain_table(messages.SERVICE_TITLE, rows))
    works = all(f.good for f in found if f.required)
    console.print(messages.service_works(works), soft_wrap=True, highlight=False)
    return works
