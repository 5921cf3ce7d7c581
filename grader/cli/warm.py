"""The zygotes that commands leave behind: start one, list them, let them end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

from grader import settings
from grader.assignment import Assignment
from grader.cli import check_messages
from grader.errors import UsageError
from grader.kernel import KernelPool
from grader.kernel.lasting_zygote import ZygoteFile, serving_zygotes, stop_zygotes
from grader.sanitize import visible

_IDLE_S = 900.0


def lasting_idle_s() -> float:
    """Return for how many seconds ``check`` and ``hook`` leave a zygote behind."""
    set_s = settings.idle_s()
    return _IDLE_S if set_s is None else set_s


def warm_up(assignment: Assignment) -> int:
    """Leave a zygote for an assignment behind; raises UsageError where that cannot be."""
    with KernelPool(assignment, idle_s=lasting_idle_s()) as pool:
        _ = pool.info
        if not pool.lasts:
            raise UsageError(check_messages.CANNOT_LAST)
    print(check_messages.loaded(visible(assignment.slug), lasting_idle_s()))
    return 0


def print_status() -> int:
    """Print which zygotes serve."""
    return _print([check_messages.is_loaded(visible(z.label)) for z in _zygotes(serving_zygotes)])


def stop() -> int:
    """Have all zygotes end once nobody uses them, and print which."""
    return _print([check_messages.stopped(visible(z.label)) for z in _zygotes(stop_zygotes)])


def _zygotes(among: Callable[[], list[ZygoteFile]]) -> list[ZygoteFile]:
    with contextlib.suppress(OSError):  # where no folder can be there is none
        if sys.platform == "linux":
            return among()
    return []


def _print(lines: list[str]) -> int:
    print("\n".join(lines or [check_messages.NOTHING_LOADED]))
    return 0
