"""What a zygote says of itself: what its kernels have loaded, and how they are locked.

Standard library only: the zygote loads this file too.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ZygoteInfo:
    """The versions, models and sandbox layers of a zygote's kernels.

    ``packages`` holds the versions of torch and of the packages that the assignment names, empty for one that is not
    installed; ``models`` the digest of each model's weights; ``layers`` whether each layer of the sandbox is active.
    With ``sandbox`` off kernels are not locked down.
    """

    python: str
    packages: Mapping[str, str]
    models: Mapping[str, str]
    layers: Mapping[str, bool]
    sandbox: bool

    def to_bytes(self) -> bytes:
        """Return the record as one message of JSON."""
        return json.dumps(dataclasses.asdict(self)).encode()
