"""One real zygote for all kernel tests, over a prelude that needs only torch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment, load_assignment
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool

SPECIMENS = Path(__file__).parent / "specimens"


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment(str(SPECIMENS))


LIGHT = """
MODELS = ("narrow", "wide")


def load(name):
    return {"narrow": 3, "wide": 5}[name]


def digest(name):
    return name * 2


def provide(model):
    return {"t": None, "torch": None, "model": model, "WIDTH": model}
"""


@pytest.fixture(scope="session")
def light(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The same with numbers for models: a zygote without torch starts in a third of the time."""
    root = shutil.copytree(SPECIMENS, tmp_path_factory.mktemp("light") / "specimens")
    (root / "prelude.py").write_text(LIGHT, encoding="utf-8")
    return load_assignment(str(root))


@pytest.fixture(scope="session")
def pool(assignment: Assignment) -> Iterator[KernelPool]:
    with KernelPool(assignment) as pool:
        yield pool


@pytest.fixture
def kernel(pool: KernelPool) -> Iterator[Kernel]:
    with pool.kernel("narrow") as kernel:
        yield kernel


@pytest.fixture
def ask(kernel: Kernel) -> Callable[..., Any]:
    """Run source that defines ``f`` in a fresh kernel and call it."""

    def ask(source: str, *args: Any, cpu_s: float = 10) -> Any:
        for fault in kernel.run([Segment(1, source, frozenset())]).values():
            raise fault
        return kernel.call("f", args, cpu_s=cpu_s)

    return ask
