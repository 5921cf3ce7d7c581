"""How much of the processors a kernel may take from others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NICE = """
import os
from grader.sandbox import privileges
os.nice(7)
privileges.new_session()
print(open("/proc/self/autogroup").read())
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="sessions are no groups here")
def test_a_new_session_is_as_nice_as_the_old_one() -> None:
    """A kernel of a worker that lets others go first lets them go first too."""
    done = subprocess.run([sys.executable, "-c", NICE], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout.split()[-2:] == ["nice", "7"]
