"""Time from asking for a kernel to its first tensor, and what one more kernel weighs.

Locked and unlocked.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Iterator

from benchmarks.command_cost import children, pss_mb
from grader.assignment import Assignment
from grader.extract import Segment
from grader.kernel import KernelPool

ROUNDS = 20
IDLE = 6


FIRST_TENSOR = Segment(1, "def first(prompt):\n    return gpt2_small.run_with_cache(prompt)[0]", frozenset())


def first_tensor_ms(pool: KernelPool, model: str) -> float:
    """Return the median milliseconds from the request to the logits of one prompt.

    The zygote has loaded the model.
    """
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with pool.kernel(model) as kernel:
            kernel.run([FIRST_TENSOR])
            kernel.call("first", ("James Potter went to school.",), {}, cpu_s=20)
            times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def locked_and_unlocked_ms(assignment: Assignment) -> tuple[float, float]:
    """Return the same measurement with the lock-down and without it, one after the other."""
    with KernelPool(assignment) as locked, KernelPool(assignment, sandbox="off") as unlocked:
        for pool in (locked, unlocked):
            with pool.kernel(assignment.models[0]):
                pass
        return first_tensor_ms(locked, assignment.models[0]), first_tensor_ms(unlocked, assignment.models[0])


def weight_mb(assignment: Assignment) -> float:
    """Return by how many MB (PSS) one more kernel that has answered makes all grow.

    Zygote and kernels are counted together.
    """
    with KernelPool(assignment) as pool, contextlib.ExitStack() as stack:
        alone = _together(pool)
        for _ in range(IDLE):
            kernel = stack.enter_context(pool.kernel(assignment.models[0]))
            kernel.run([FIRST_TENSOR])
            kernel.call("first", ("James Potter went to school.",), {}, cpu_s=20)
        return (_together(pool) - alone) / IDLE


def _together(pool: KernelPool) -> float:
    pool.address  # noqa: B018 - waits until it serves
    return sum(pss_mb(pid) for pid in _descendants(os.getpid()))


def _descendants(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from _descendants(child)
