"""One's own code runs without the lock-down where an old kernel offers none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment import Assignment

CONTAINER = Path(__file__).resolve().parents[1] / "sandbox" / "container_profile.py"
SCRIPT = """
import sys
from grader.assignment import load_assignment
from grader.errors import SandboxUnavailableError
from grader.extract import Segment
from grader.kernel import KernelPool
assignment = load_assignment(sys.argv[1])
try:
    KernelPool(assignment)
except SandboxUnavailableError as error:
    print(error)
with KernelPool(assignment, sandbox="off") as pool, pool.kernel("narrow") as kernel:
    kernel.run([Segment(1, "def f():\\n    return WIDTH", frozenset())])
    print(kernel.call("f", cpu_s=60), pool.info.sandbox, sorted(k for k, v in pool.info.layers.items() if v))
"""


@pytest.mark.parametrize(
    "without",
    [
        pytest.param("landlock_create_ruleset", marks=pytest.mark.exhaustive),
        "unshare,landlock_create_ruleset,seccomp,capset",
    ],
)
def test_code_of_ones_own_runs_where_nothing_can_be_locked(light: Assignment, tmp_path: Path, without: str) -> None:
    """With the sandbox on, it refuses in one sentence.

    With it off, kernels answer and say what is not active.
    """
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, CONTAINER, f"--without={without}", script, light.root],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    refusal, answer = done.stdout.splitlines()
    assert "landlock: this kernel has no Landlock" in refusal
    assert "--sandbox=off" in refusal
    assert answer == "3 False ['descriptors', 'environment', 'rlimits']"
