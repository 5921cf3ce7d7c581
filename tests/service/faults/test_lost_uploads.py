"""Nothing is lost and nothing graded twice, whatever dies."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run_faults(*options: str) -> None:
    """Run uploads under faults in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.service.faults", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_lost_when_each_process_is_killed_once() -> None:
    """Worker, zygote and web server are killed under 10 uploads, each of which is graded once."""
    run_faults("--short", "--uploads", "10", "--workers", "1", "--database", "sqlite", "--within", "300")


@pytest.mark.exhaustive
def test_an_upload_that_ends_its_worker_each_time_is_given_up() -> None:
    """It has an error and no grade after five tries, and those beside it are graded."""
    run_faults("--short", "--only", "--poison", "--uploads", "6", "--workers", "1", "--database", "sqlite")


@pytest.mark.exhaustive
@pytest.mark.timeout(1500)  # seconds, more than the run gives itself
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_whatever_fails(database: str) -> None:
    """Under 200 uploads processes, database, disk and clock fail again and again."""
    run_faults("--database", database)
