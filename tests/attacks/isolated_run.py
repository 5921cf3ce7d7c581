"""Run the attacks in namespaces of their own, as far as this machine allows.

:func:`run_attacks` starts ``isolated_main.py``, where that is possible in PID, mount, network, IPC and UTS namespaces
of its own. It goes on as a user who runs nothing else; its report comes back as one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
_NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--uts", "--mount-proc")
TIMEOUT_S = 1800  # machines are busy


def namespace_command() -> list[str]:
    """Return the command that gives a program namespaces of its own, or nothing."""
    command = ["unshare", *(["--map-root-user"] if os.geteuid() else []), *_NAMESPACES]
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    return command if tried.returncode == 0 else []


def run_attacks(*options: str) -> dict[str, Any]:
    """Carry out the attacks that the options choose and return the report; see ``modes.py``."""
    namespaced = namespace_command()
    command = [
        *namespaced,
        sys.executable,
        "-B",
        "-m",
        "tests.attacks.isolated_main",
        *(["--isolated"] if namespaced else []),
        *options,
    ]
    done = subprocess.run(  # noqa: S603 - our own script
        command,
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the attacks ended with {done.returncode}: {done.stderr.decode(errors='replace')[-4000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report
