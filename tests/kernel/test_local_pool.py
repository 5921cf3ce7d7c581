"""Kernels that are ordinary processes, for one's own code on a system that is not Linux.

They run here as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.errors import AssignmentError, CallTimedOut, KernelDied
from grader.extract import Segment
from grader.kernel import Kernel
from grader.kernel.local_pool import LocalKernelPool


@pytest.fixture(scope="module")
def local(light: Assignment) -> Iterator[LocalKernelPool]:
    """A pool of such kernels."""
    with LocalKernelPool(light, sandbox="off") as pool:
        yield pool


@pytest.fixture
def kernel(local: LocalKernelPool) -> Iterator[Kernel]:
    """One of them."""
    with local.kernel("narrow") as kernel:
        yield kernel


def define(kernel: Kernel, source: str) -> None:
    """Run source in a kernel, without a fault."""
    assert kernel.run([Segment(1, source, frozenset())]) == {}


def test_it_is_interrupted_at_its_deadline_and_lives_on(kernel: Kernel) -> None:
    """A loop without end says where it was, and the next call is answered."""
    define(kernel, "def f():\n    while True:\n        pass\ndef g():\n    return WIDTH")

    with pytest.raises(CallTimedOut, match="in cell 1, line"):
        kernel.call("f", cpu_s=1)

    assert kernel.call("g", cpu_s=10) == 3


def test_it_is_killed_if_an_interrupt_does_not_help(kernel: Kernel) -> None:
    """Code that catches everything ends all the same."""
    define(
        kernel,
        "def f():\n    while True:\n        try:\n            f()\n        except BaseException:\n            pass",
    )

    with pytest.raises(CallTimedOut):
        kernel.call("f", cpu_s=1)

    assert not kernel.alive


def test_code_that_ends_its_process_is_told(kernel: Kernel) -> None:
    """The exit code is the system's own."""
    define(kernel, "import os\ndef f():\n    os._exit(7)")

    with pytest.raises(KernelDied, match="exit code 7"):
        kernel.call("f", cpu_s=10)


def test_a_reference_kernel_holds_the_solution(local: LocalKernelPool) -> None:
    """As a forked one does."""
    with local.kernel("wide", role="reference") as kernel:
        assert kernel.call("double", (2.0,), cpu_s=10) == 4.0


def test_it_leaves_nothing(local: LocalKernelPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder goes with it, and what it wrote there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with local.kernel("narrow") as kernel:
        define(kernel, "open('here', 'w').close()")
        assert len([*tmp_path.rglob("here")]) == 1

    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\nraise RuntimeError('no such weights')", "line 2: RuntimeError: no such weights"),
        pytest.param("import os\nos._exit(0)", "running it ended the process", marks=pytest.mark.exhaustive),
        ("MODELS = ['narrow', 'wide']\nload = digest = str\ndef provide(model):\n    return model.x", "line 4: Attrib"),
    ],
    ids=["import", "end", "provide"],
)
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda pool: pool.info, id="info", marks=pytest.mark.exhaustive),  # also asked by commands' tests
        pytest.param(lambda pool: pool.kernel("narrow"), id="kernel"),
    ],
)
def test_a_prelude_that_breaks_is_told_in_its_own_words(
    light: Assignment, tmp_path: Path, ask: Callable[[LocalKernelPool], object], source: str, said: str
) -> None:
    """It is a fault of the assignment's, found by whoever asks first, and where it is."""
    prelude = tmp_path / "prelude.py"
    prelude.write_text(source, encoding="utf-8")

    with (
        LocalKernelPool(dataclasses.replace(light, prelude=prelude), sandbox="off") as pool,
        pytest.raises(AssignmentError) as caught,
    ):
        ask(pool)
    assert str(caught.value).startswith(f"{prelude}: {said}")
