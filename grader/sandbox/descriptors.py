"""Close all descriptors of a forked kernel but the standard three and one socket."""

from __future__ import annotations

import os

_HIGHEST = 1 << 16


def keep_only(control: int, log: int, *, at: int = 3) -> None:
    """Move ``control`` to ``at``, and close all other descriptors.

    Stdout and stderr then lead to ``log``, and stdin to nothing.
    """
    # Out of the way first: either may stand where another is about to go.
    control, log = os.dup(control), os.dup(log)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2), (control, at)):
        os.dup2(source, target)
    os.closerange(at + 1, _HIGHEST)
