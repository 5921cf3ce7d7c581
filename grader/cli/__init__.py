"""The console script ``grader``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from grader.import_path import leave_working_folder, skip_slow_imports


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``grader`` and return its exit code, one of :mod:`grader.cli.exit_codes`."""
    leave_working_folder()
    skip_slow_imports()
    # Only now is everything else imported, and first what may do without the rest.
    from grader.cli.hand_over import hand_over

    if argv is None and (ended := hand_over(sys.argv[1:])):
        return ended.code
    from grader.cli.run import run
    from grader.terminal import read_names_as_utf8

    if argv is None:
        read_names_as_utf8()
    return run(argv)
