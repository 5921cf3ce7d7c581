"""A batch on a machine that is busy with other processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.background_load import busy
from grader.export import read_results
from tests.cli.conftest import RIGHT, TINY, Run, write

SLOW = """
import time
def scale(numbers):
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
    return np.asarray(numbers, 'float32') * factor
"""
ENDLESS = "def scale(numbers):\n    while True:\n        pass\n"


@pytest.mark.exhaustive  # tests/kernel/test_processor_clock.py asks the same of one call
def test_a_busy_machine_changes_no_verdict(grader: Run, tmp_path: Path) -> None:
    """A slow right answer has full marks, and an endless loop is named with its line."""
    write(tmp_path / "in" / "anna.ipynb", SLOW, RIGHT[1])
    write(tmp_path / "in" / "dora.ipynb", ENDLESS, RIGHT[1])

    with busy(len(os.sched_getaffinity(0))):
        done = grader("grade", "in", "-a", TINY, "-o", "out", "--jobs", "2", "--timeout", "0.6")

    results = {Path(r.submission.path).stem: r for r in read_results(tmp_path / "out" / "results.jsonl")}
    assert done.returncode == 0, done.stderr
    assert [results[name].score for name in ("anna", "dora")] == [6, 2]
    assert "within the 0.6 s of processor time that one call may use" in results["dora"].exercises[0].message
