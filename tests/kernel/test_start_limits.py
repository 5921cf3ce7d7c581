"""A start that does not end is ended by its use, and told by the file that it runs."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.errors import AssignmentError
from grader.kernel import KernelPool, start_limits
from grader.kernel.processor_clock import Time

MODELS = "import time, numpy\nMODELS = ['narrow', 'wide']\nload = digest = str\n"
PROVIDE = "def provide(model):\n    {}\n"


@pytest.mark.parametrize("source", ["import time\ntime.sleep(9999)", MODELS + PROVIDE.format("time.sleep(9999)")])
def test_a_prelude_without_end_is_a_fault_of_the_assignment_s(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Whether it is its own lines, or what it provides a kernel with."""
    monkeypatch.setattr(start_limits, "LIMIT", Time(start_limits.LIMIT.cpu_s, 5.0))
    (tmp_path / "prelude.py").write_text(source, encoding="utf-8")
    broken = dataclasses.replace(assignment, root=tmp_path, prelude=tmp_path / "prelude.py")

    with (
        KernelPool(broken, sandbox="off") as pool,
        pytest.raises(AssignmentError, match=r"prelude\.py: running it took longer than .* idle; mend it\.$"),
    ):
        pool.kernel("narrow")


def test_a_step_that_only_computes_ends_by_its_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what comes after it has a time of its own."""
    monkeypatch.setattr(start_limits, "LIMIT", Time(0.3, 9999.0))
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        looks = start_limits.Start(process.pid)
        while not looks.stands_still("first"):
            pass
        assert not looks.stands_still("second")
        process.kill()


@pytest.mark.parametrize(("code", "own"), [(0, True), (3, True), (255, True), (-9, False), (256 - 9, False)])
def test_what_a_signal_ended_may_be_the_machine_s_fault(code: int, own: bool) -> None:
    """A process that waited for the one in question hands its signal on as a number below 256."""
    assert start_limits.by_itself(code) is own
