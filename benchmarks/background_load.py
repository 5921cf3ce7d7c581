"""Other work for the processors, beside what is tried."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

_LOOP = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (3600, 3600))\nwhile True: pass"


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep so many processes busy meanwhile; each ends by itself if nobody ends it."""
    command = [sys.executable, "-I", "-c", _LOOP]
    loops = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]  # noqa: S603 - our own
    try:
        yield
    finally:
        for process in loops:
            process.kill()
            process.wait()
