"""How much of its tolerance a comparison used, so that a tolerance can be reviewed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np

from grader.value import Array

_SHARES: ContextVar[dict[str, float] | None] = ContextVar("shares", default=None)


def share(name: str, off: Array, allowed: Array) -> None:
    """Note the greatest share ``off / allowed`` of a part for :func:`measuring`."""
    shares = _SHARES.get()
    if shares is not None:
        used = np.divide(off, allowed, out=np.where(off > 0, np.inf, 0.0), where=allowed > 0)
        worst = np.where(np.isnan(used), np.inf, used).max(initial=0.0)
        shares[name] = max(shares.get(name, 0.0), float(worst))


@contextlib.contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """Collect the greatest share of the tolerance that each compared part used in the block.

    Keys are the parts' names; above 1 a part fails. A part that failed before its numbers were compared, by its shape
    for instance, is not there.
    """
    shares: dict[str, float] = {}
    token = _SHARES.set(shares)
    try:
        yield shares
    finally:
        _SHARES.reset(token)
