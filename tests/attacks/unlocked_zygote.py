"""A zygote whose kernels lack layers of the lock, so that attacks can get through.

Run in place of ``grader/kernel/inside/zygote_main.py`` and with its arguments. A kernel's model is asked for as
``landlock+seccomp@narrow``: the layers before the @ do nothing in it. Descriptors are never closed in these kernels,
as that happens before a kernel knows what is asked of it.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ZYGOTE_MAIN = Path(__file__).resolve().parents[2] / "grader" / "kernel" / "inside" / "zygote_main.py"


def nothing(*args: object, **kwargs: object) -> int:
    """Stand in for a layer."""
    return 0


def standard_only(control: int, log: int, *, at: int = 3) -> None:
    """Stand in for :func:`grader.sandbox.descriptors.keep_only`, and close nothing."""
    control, log = os.dup(control), os.dup(log)
    for source, target in ((log, 1), (log, 2), (control, at)):
        os.dup2(source, target)


def main() -> None:
    """Serve like the zygote, with forks that lack what their model says."""
    start = runpy.run_path(str(ZYGOTE_MAIN))
    sys.modules["debugpy"] = None  # type: ignore[assignment] # as the zygote does
    start["_keep_libraries"]()
    start["_load_packages"]()
    from grader.kernel.inside import cleanup_process, fork_main, zygote_server
    from grader.sandbox import descriptors, landlock, privileges, rlimits, seccomp, selfcheck

    layers: dict[str, list[tuple[Any, str]]] = {
        "landlock": [(landlock, "restrict")],
        "seccomp": [(seccomp, "load")],
        "rlimits": [(rlimits, "limit")],
        "privileges": [(privileges, "drop_capabilities"), (privileges, "no_new_privileges")],
    }
    lock: Callable[..., Any] = fork_main._lock_and_connect

    def unlocked(preloaded: Any, config: Any, report: Any) -> Any:
        removed, _, model = config.model.rpartition("@")
        for layer in filter(None, removed.split("+")):
            for owner, name in layers[layer]:
                setattr(owner, name, nothing)
        setattr(selfcheck, "holes", lambda *args: [])  # noqa: B010 - it would refuse to serve
        return lock(preloaded, replace(config, model=model), report)

    setattr(fork_main, "_lock_and_connect", unlocked)  # noqa: B010
    setattr(descriptors, "keep_only", standard_only)  # noqa: B010
    groups = cleanup_process.keep(Path(sys.argv[1]), bounded="--off" not in sys.argv)
    zygote_server.main(sys.argv[1], sys.argv[2], [], sys.argv[3 : sys.argv.index("--")], groups)


if __name__ == "__main__":
    main()
