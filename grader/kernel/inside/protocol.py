"""The names of files, messages and channels that a zygote and whoever uses it agree on.

Standard library only: both sides import it.
"""

from __future__ import annotations

import json

FAULT = "fault"
"""The file in a zygote's folder: which of the assignment's files runs, or what it raised."""


def running(file: str) -> bytes:
    """Return the message that a file runs, which is at fault if the process ends now."""
    return json.dumps({"running": file}).encode()


EXIT_CODE = "exit-code"
"""The file in a zygote's folder that says how the zygote ended, for whoever started it."""

LINKS = "links"
"""The folder in a zygote's own in which other places have names until it serves."""

IPC_NAME = "z"
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "hb": 4, "control": 5}
"""The numbers that end the names of a kernel's five sockets: ``<sockets>/z-1`` and so on."""
