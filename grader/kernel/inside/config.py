"""What a kernel is started with: one record, sent over a socket after the fork.

Standard library only: both sides import it.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

FAULT = "fault"
"""The file in a zygote's folder that says which of the assignment's files runs, or what it raised."""


def running(file: str) -> bytes:
    """Return the message that a file of the assignment's is run, and is at fault if the process ends now."""
    return json.dumps({"running": file}).encode()


@dataclass(frozen=True, slots=True)
class KernelConfig:
    """One kernel to be: its model, its folders, its connection and its limits.

    ``key`` signs its messages, ``sockets`` and ``scratch`` are folders made for this kernel. ``solution`` is a file to
    run after the model is provided, ``reads`` are folders that it may import from (both for reference kernels only).
    ``provided`` are the names that must come with the model.
    ``forbidden`` are paths that it must fail to open before it counts as locked. ``user`` is who it becomes, unless 0.
    ``ports`` are where it listens on this machine, instead of in ``sockets``, by the name of the channel.
    """

    model: str
    key: str
    sockets: str
    scratch: str
    memory_mb: int
    cpu_s: int
    file_mb: int
    output_kb: int
    result_mb: int
    sandbox: bool = True
    user: int = 0
    solution: str = ""
    reads: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    ports: dict[str, int] = dataclasses.field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the config as one message."""
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> KernelConfig:
        """Read what :meth:`to_bytes` wrote."""
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(data).items()}
        return cls(**fields)


EXIT_CODE = "exit-code"
"""The file in a zygote's folder that says how the zygote ended, for whoever started it."""

LINKS = "links"
"""The folder in a zygote's own in which other places have names until it serves."""

IPC_NAME = "z"
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "hb": 4, "control": 5}
"""The numbers that end the names of a kernel's five ipc sockets: ``<sockets>/z-1`` and so on."""
