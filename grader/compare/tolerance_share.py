"""How much of its tolerance a comparison used, for whoever wants to know how well the tolerance was placed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np

from grader.value import Array

_SHARES: ContextVar[dict[str, float] | None] = ContextVar("shares", default=None)


def share(name: str, off: Array, allowed: Array) -> None:
    """Note the greatest share of what is ``allowed`` that a part is ``off``; without a listener it is dropped."""
    shares = _SHARES.get()
    if shares is not None:
        used = np.divide(off, allowed, out=np.where(off > 0, np.inf, 0.0), where=allowed > 0)
        worst = np.where(np.isnan(used), np.inf, used).max(initial=0.0)
        shares[name] = max(shares.get(name, 0.0), float(worst))


@contextlib.contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """Collect, by the names of compared parts, the greatest share of their tolerance used in the block: above 1 fails.

    A part that failed before its numbers were compared, by its shape for instance, is not there.
    """
    shares: dict[str, float] = {}
    token = _SHARES.set(shares)
    try:
        yield shares
    finally:
        _SHARES.reset(token)
