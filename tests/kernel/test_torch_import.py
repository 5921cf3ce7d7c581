"""Where a prelude does without torch, kernels import it as if it had been there before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load_assignment
from grader.extract import Segment
from grader.kernel import KernelPool

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
SOURCE = """
import sys
open('torch.py', 'w').write('taken = True')
loaded = 'torch' in sys.modules
import torch
def f():
    return {
        'loaded': loaded,
        'ones': torch.ones(2).cuda(),
        'threads': torch.get_num_threads(),
        'compiled': torch.compile(f) is not f,
        'seed': torch.initial_seed(),
        'taken': hasattr(torch, 'taken'),
    }
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[KernelPool]:
    with KernelPool(load_assignment(str(TINY))) as pool:
        yield pool


@pytest.fixture(scope="module")
def told(pool: KernelPool) -> list[dict[str, Any]]:
    """What code finds in two kernels, one after the other."""
    answers = []
    for _ in range(2):
        with pool.kernel("two") as kernel:
            assert not kernel.run([Segment(1, SOURCE, frozenset())])
            answers.append(kernel.call("f", (), cpu_s=30))
    return answers


def test_its_version_is_known_and_it_is_not_loaded(pool: KernelPool, told: list[dict[str, Any]]) -> None:
    """Importing it would be most of what starting takes."""
    assert pool.info.packages["torch"]
    assert [answer["loaded"] for answer in told] == [False, False]


def test_it_is_set_up_when_it_is_imported(told: list[dict[str, Any]]) -> None:
    """A GPU is the CPU, one thread computes, and nothing is compiled; a tensor is no array."""
    answer = told[0]

    assert (answer["ones"].kind, answer["ones"].data.tolist()) == ("torch", [1.0, 1.0])
    assert (answer["threads"], answer["compiled"]) == (1, False)


def test_its_random_numbers_are_each_kernels_own(told: list[dict[str, Any]]) -> None:
    """Code that sets no seed shall not seem to be right by the numbers of one run."""
    assert told[0]["seed"] != told[1]["seed"]


def test_a_file_of_its_name_does_not_take_its_place(told: list[dict[str, Any]]) -> None:
    """As where it is loaded."""
    assert told[0]["taken"] is False
