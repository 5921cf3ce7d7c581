"""Run the fuzzer for a short time; ``make test-all`` runs it for longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_damaged_notebooks_are_gradable_or_unreadable_with_a_sentence() -> None:
    """No damaged file makes intake or extraction crash, hang, or use unbounded memory."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--count", "100", "--seed", "suite"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout + run.stderr
