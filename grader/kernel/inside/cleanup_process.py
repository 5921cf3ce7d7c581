"""A process around the zygote that outlives its command and removes what was made."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path

from grader.kernel.inside.folder_lock import hold
from grader.kernel.inside.protocol import EXIT_CODE
from grader.kernel.inside.remove_tree import remove
from grader.sandbox import cgroups, privileges

_LIFELINE = 0  # whoever started this process holds the other end of this pipe as long as it lives


def keep(folder: Path, *, bounded: bool) -> Path | None:
    """Go on in a child, and return the control group for kernels, None if there is none.

    This process itself stays until whoever started it is gone. Then it ends all that the child started, removes the
    folder and the control groups in its name, and ends. Groups are not even looked for unless ``bounded``.
    """
    home = cgroups.claim() if bounded else None
    lock = hold(folder)
    privileges.adopt_orphans()
    child = os.fork()
    if not child:
        os.close(lock)
        privileges.die_with_parent()
        return home
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # it ends with whoever started it, and after that
        signal.signal(signum, signal.SIG_IGN)
    code = _until_either_ends(child)
    with contextlib.suppress(OSError):
        (folder / EXIT_CODE).write_text(str(code), encoding="ascii")
    while os.read(_LIFELINE, 1 << 16):  # who writes must not wait for a child that has ended
        pass
    if home is not None:
        cgroups.remove_all(home, folder.name)
    remove(folder)
    os._exit(0)


def _until_either_ends(child: int) -> int:
    """Wait for the end of the child or of whoever started this process, then end all below.

    Returns the exit code.
    """
    poll = select.poll()
    poll.register(_LIFELINE, 0)  # its end alone: what comes by it is for the child
    poll.register(os.pidfd_open(child), select.POLLIN)
    poll.poll()
    code = 0
    with contextlib.suppress(ChildProcessError):  # there are none left
        while True:
            for pid in _children():  # those too whose parents have ended
                os.kill(pid, signal.SIGKILL)
            pid, status = os.wait()
            code = os.waitstatus_to_exitcode(status) if pid == child else code
    return code


def _children() -> list[int]:
    """Return the processes whose parent is this one; their numbers are kept until waited for."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in listed.read_text(encoding="ascii").split()]
