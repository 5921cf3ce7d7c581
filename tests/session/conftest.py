"""One real zygote for all tests of this folder, whose assignment's models are numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.kernel import KernelPool

TINY = Path(__file__).parents[1] / "plugin" / "tiny"


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment(str(TINY))


@pytest.fixture(scope="session")
def pool(assignment: Assignment) -> Iterator[KernelPool]:
    with KernelPool(assignment) as pool:
        yield pool
