"""One kernel without fork and sandbox, for one's own code on macOS and Windows."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.kernel.inside.fork_main import forget_ourselves, import_from_folder, provide
from grader.kernel.inside.kernel_app import connect
from grader.kernel.inside.load_models import preload, told_in
from grader.kernel.inside.protocol import PORTS
from grader.kernel_config import KernelConfig
from grader.sandbox import environment


def main(folder: str, prelude: str, packages: Sequence[str]) -> None:
    """Serve as ``folder/config.json`` and ``folder/connection.json`` say.

    Without them provide what the configs in ``folder/trials.json`` ask for, and print what the prelude holds.
    """
    sys.argv[:] = sys.orig_argv[:] = [""]
    preloaded = preload(Path(prelude), packages, (), folder, locked=False, apart=False)
    if not Path(folder, "config.json").exists():
        trials = json.loads(Path(folder, "trials.json").read_text(encoding="utf-8"))
        with told_in(folder) as begin:
            for trial in (
                KernelConfig.from_bytes(json.dumps(o).encode()) for o in trials if o["model"] in preloaded.models
            ):
                provide(preloaded, trial, begin)
        print(preloaded.info.to_bytes().decode(), flush=True)
        return
    connection = json.loads(Path(folder, "connection.json").read_text(encoding="utf-8"))
    ports = {channel: connection[f"{channel}_port"] for channel in PORTS}
    config = KernelConfig.from_bytes(Path(folder, "config.json").read_bytes())
    environment.move_into(config.scratch, config.working)
    with told_in(folder) as begin:
        provide(preloaded, config, begin)
    preloaded.app.parent_handle = int(os.environ.get("JPY_PARENT_PID", "0"))
    preloaded.app.init_poller()  # ends this process with its parent and, on Windows, hears of interrupts
    connect(preloaded.app, dataclasses.replace(config, key=connection["key"], ports=ports))
    forget_ourselves()
    import_from_folder(config)
    _hear_interrupts()
    preloaded.app.start()


def _hear_interrupts() -> None:
    """Let an interrupt end a call, also where SIGINT was blocked or ignored before."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
