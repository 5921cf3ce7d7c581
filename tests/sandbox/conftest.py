"""Trying a layer in a process that is thrown away afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def run() -> Callable[..., str]:
    """Run code in a process of its own and return what it prints.

    ``try_`` says what an attempt ends in.
    """
    return _run


def _run(code: str, *arguments: object) -> str:
    head = (
        "import os, socket, sys, subprocess\n"
        "from grader.sandbox import allowed_syscalls, descriptors, landlock, lockdown, mounts, namespaces\n"
        "from grader.sandbox import privileges, rlimits, seccomp\n"
        "from grader.errors import SandboxUnavailableError\nfrom grader.kernel_config import KernelConfig\n"
        "def try_(attempt):\n"
        "    try: attempt()\n"
        "    except OSError as error: return error.strerror\n"
        "    except BaseException as error: return type(error).__name__\n"
        "    return 'done'\n"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", head + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
