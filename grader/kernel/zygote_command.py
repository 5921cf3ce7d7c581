"""The command line of ``inside/zygote_main.py``, for a zygote and for a local kernel."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.settings import PACKAGE

SCRIPT = Path("kernel", "inside", "zygote_main.py")


def zygote_command(
    interpreter: str, folder: Path, prelude: Path, packages: Iterable[str], *options: str, grader: Path = PACKAGE
) -> list[str]:
    """Return what starts a process that works in ``folder`` and runs ``prelude``.

    ``packages`` are those whose versions it tells; ``grader`` is where it finds this package, perhaps by a link.
    """
    return [interpreter, "-I", "-B", str(grader / SCRIPT), str(folder), str(prelude), *options, "--", *packages]
