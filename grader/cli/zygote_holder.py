"""Hold a zygote that outlives its command, and run the commands that come.

``python -m grader.cli.zygote_holder ADDRESS-FILE DESCRIPTOR``
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.cli.command_server import CommandServer
from grader.kernel.lasting_zygote import published, remove_unused
from grader.kernel.zygote_plan import ZygotePlan

if sys.platform != "win32":
    import fcntl

_STEP_S = 1.0


def main(file: Path, start: int) -> None:
    """Hold the zygote that standard input asks for.

    It ends when nobody has used it for as long as was asked for, or once nobody uses it and its address is no longer in
    the file. ``start`` is a descriptor that is closed when it serves.
    """
    asked = json.load(sys.stdin)
    idle_s = asked.pop("idle_s")
    plan = ZygotePlan(**asked)
    with (
        plan.start() as zygote,
        CommandServer(zygote.folder) as server,
        file.with_suffix(".users").open("a") as users,
    ):
        zygote.wait()
        write_atomically(file, f"{zygote.address}\n{plan.label}\n".encode(), private=True, durable=False)
        os.close(start)
        used, seen, found = time.monotonic(), 0, True
        while Path(zygote.address).exists():
            server.serve(min(_STEP_S, idle_s))
            found = published(file) == zygote.address
            alone = _try_lock(users.fileno())
            if seen != (seen := os.fstat(users.fileno()).st_mtime_ns) or not alone or server.busy:
                used = time.monotonic()
            if alone and not server.busy and (not found or time.monotonic() - used >= idle_s):
                if found:
                    file.unlink()  # while none can come
                break
            fcntl.flock(users, fcntl.LOCK_UN)
        fcntl.flock(users, fcntl.LOCK_UN)
        remove_unused(file)


def _try_lock(file: int) -> bool:
    """Lock a file for this process alone; return False while others use it."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
