"""How many submissions this machine can grade at once."""

from __future__ import annotations

from grader import machine
from grader.kernel_config import Limits

_EXAMINER_MB = 512  # an examiner, and what its reference's kernel has of its own


def default_jobs(limits: Limits) -> int:
    """Return how many submissions the machine's processors and free memory can bear at once."""
    return max(1, min(machine.processors(), int(machine.free_memory_mb() / (limits.memory_mb + _EXAMINER_MB))))
