"""Send a command a signal once somebody writes to a FIFO, and wait for all it started.

``python signal_command.py FIFO SIGNAL COMMAND...``; after a minute it ends what is left and exits with 1.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from grader.sandbox.privileges import adopt_orphans


def children() -> list[int]:
    """Return the processes whose parent is this one, also since their own has ended."""
    return [int(p) for p in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()]


def too_long(*_: object) -> None:
    """End all that is left."""
    while left := children():
        for pid in left:
            print("left:", Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"), file=sys.stderr)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    os._exit(1)


if __name__ == "__main__":
    adopt_orphans()
    signal.signal(signal.SIGALRM, too_long)
    command = subprocess.Popen(sys.argv[3:])  # noqa: S603 - our own program
    signal.alarm(120)
    Path(sys.argv[1]).read_text(encoding="utf-8")  # returns when somebody has opened and closed it
    command.send_signal(int(sys.argv[2]))
    signal.alarm(60)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
