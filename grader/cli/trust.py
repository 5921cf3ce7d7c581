"""Ask a student on a terminal whether to run the checks that lie beside a notebook."""

from __future__ import annotations

import sys

from grader.assignment import Assignment
from grader.cli import check_messages
from grader.errors import UsageError
from grader.sanitize import visible
from grader.trusted_releases import is_trusted, trust


def require_trust(assignment: Assignment) -> None:
    """Return once this user trusts a release; raises UsageError if they do not."""
    if is_trusted(assignment):
        return
    folder = visible(str(assignment.root))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(check_messages.not_trusted(folder))
    print(check_messages.ask_for_trust(visible(assignment.title), folder), end=" ", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError(check_messages.not_trusted(folder))
    trust(assignment)
