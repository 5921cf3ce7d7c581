"""Time is counted by what code does: computing by the processor, waiting by the clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.background_load import busy
from grader.errors import CallTimedOut, CallWaited, StudentFault
from grader.extract import Segment
from grader.kernel import Kernel

Ask = Callable[..., Any]

BURN = """
import time, threading
def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
"""


def fault_of(ask: Ask, body: str, **limits: float) -> StudentFault:
    """Return the fault of calling a function with this body."""
    with pytest.raises(StudentFault) as caught:
        ask(BURN + "def f():\n" + "\n".join("    " + line for line in body.splitlines()), **limits)
    return caught.value


def test_who_is_only_kept_from_the_processor_has_the_time(ask: Ask) -> None:
    """On a busy machine a call that needs less than its processor time answers.

    However long that takes.
    """
    with busy(4 * len(os.sched_getaffinity(0))):
        assert ask(BURN + "def f():\n    burn(0.7)\n    return 7", cpu_s=0.9) == 7


@pytest.mark.parametrize(
    "body",
    [
        "burn(9)",
        "threads = [threading.Thread(target=burn, args=(0.5,)) for _ in range(12)]\n"
        "for thread in threads: thread.start()\nfor thread in threads: thread.join()",
        "while True:\n    thread = threading.Thread(target=burn, args=(0.02,))\n    thread.start()\n    thread.join()",
        "while True:\n    burn(0.02)\n    time.sleep(0.01)",
    ],
    ids=["computes", "in threads", "in threads that end", "between naps"],
)
def test_computing_ends_when_the_processor_time_is_used_up(ask: Ask, body: str) -> None:
    """Whatever thread it is computed in, and whether that has ended since."""
    fault = fault_of(ask, body, cpu_s=0.5)

    assert type(fault) is CallTimedOut
    assert "0.5 s of processor time" in fault.sentence


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(600)",
        "while True: time.sleep(0.01)",
        "import threading; threading.Lock().acquire() and threading.Event().wait()",
        "wakes = [threading.Thread(target=lambda: [time.sleep(0.01) for _ in range(1 << 30)], daemon=True)"
        " for _ in range(12)]\nfor thread in wakes: thread.start()\nwhile True: time.sleep(0.01)",
        "while True:\n    threading.Thread(target=burn, args=(0.0005,)).start()\n    time.sleep(0.02)",
    ],
    ids=["sleeps", "naps", "waits", "naps in many threads", "flips between threads"],
)
def test_waiting_ends_by_the_clock(kernel: Kernel, ask: Ask, body: str) -> None:
    """Also where it is interrupted by a little work again and again."""
    kernel.limits = replace(kernel.limits, idle_s=0.5)

    fault = fault_of(ask, body, cpu_s=60)

    assert type(fault) is CallWaited
    assert "waited for more than the 0.5 s that one call may wait" in fault.sentence


def test_a_call_tells_what_it_used(kernel: Kernel) -> None:
    """Processor time of all threads, and the memory that it had at once."""
    source = (
        BURN + "def f():\n    burn(0.2)\n    thread = threading.Thread(target=burn, args=(0.2,))\n    thread.start()\n"
    )
    kernel.run([Segment(1, f"{source}    thread.join()\n    return len(bytearray(100 << 20)) >> 20", frozenset())])

    assert kernel.call("f", cpu_s=10) == 100
    assert 0.4 <= kernel.used.cpu_s < 4
    assert 100 <= kernel.peak_mb < 400
