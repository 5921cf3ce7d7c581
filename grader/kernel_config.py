"""What a kernel is started with, limits included: one record from file to lock.

Standard library only: the zygote and its kernels load this file too.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from dataclasses import dataclass, field
from typing import Any

_FILE_MB = 16
_BACKSTOP = 100  # times what is counted from outside: for when nobody is there to count


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kernel and one call may use.

    ``call_s``, ``setup_s`` and ``cpu_s`` are seconds of processor time for one call, for running the extracted cells,
    and for all calls of one function on one model; ``memory_mb`` is what a kernel may allocate beyond the loaded model;
    ``result_mb`` caps one returned value. What the reference needs for the same may raise each of these. ``idle_s`` are
    seconds on the clock in which a kernel neither runs nor waits for a processor, during one call or all cells;
    ``output_kb`` caps what it may print; ``scratch_mb`` and ``scratch_files`` bound its working folder, ``threads``
    its threads.
    """

    call_s: float = 20.0
    setup_s: float = 30.0
    cpu_s: float = 120.0
    idle_s: float = 60.0
    memory_mb: int = 2048
    result_mb: int = 64
    output_kb: int = 256
    scratch_mb: int = 32
    scratch_files: int = 1000
    threads: int = 64

    @property
    def file_mb(self) -> int:
        """How large one file may get."""
        return min(_FILE_MB, self.scratch_mb)

    @property
    def process_cpu_s(self) -> int:
        """The seconds of processor time after which the system ends the process, if nobody did."""
        return math.ceil(_BACKSTOP * (self.setup_s + self.cpu_s))


@dataclass(frozen=True, slots=True)
class KernelConfig:
    """What one kernel is started with: its model, limits, folders and connection.

    Folders and connection are known once it is started. ``interpreter`` is the Python that its zygote runs, ``device``
    what its model computes on. ``solution`` is a file to run after the model is provided, ``reads`` are folders that it
    may import from (both for reference kernels only). ``provided`` are the names that must come with the model. With
    ``sandbox`` off only the limits, the session and the environment are set: for people who run their own code on a
    system without the layers. ``forbidden`` are paths that it must fail to open before it counts as locked; ``user`` is
    who a root process becomes, unless 0. ``key`` signs its messages, ``sockets`` and ``scratch`` are folders made for
    this kernel, the ones in which it may bind its sockets and write; its code runs in the folder ``working`` inside
    ``scratch``. ``ports`` are where it listens on this machine,
    instead of in ``sockets``, by the name of the channel.
    """

    model: str = ""
    limits: Limits = field(default_factory=Limits)
    interpreter: str = sys.executable
    device: str = "cpu"
    solution: str = ""
    reads: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    sandbox: bool = True
    forbidden: tuple[str, ...] = ()
    user: int = 0
    key: str = ""
    sockets: str = ""
    scratch: str = ""
    working: str = ""
    ports: dict[str, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the config as one message."""
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> KernelConfig:
        """Read what :meth:`to_bytes` wrote."""
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(data).items()}
        return cls(**fields | {"limits": Limits(**fields["limits"])})
