"""A zygote that outlives whoever started it, and is found again."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import shutil
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment, prelude_digest
from grader.errors import AssignmentError
from grader.kernel import KernelPool
from grader.kernel.lasting_zygote import ZygotePlan
from grader.kernel.zygote import Connection

PLAN = ZygotePlan("0" * 64, "/course/prelude.py", ("/course",), ("/course",), "on")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own, where zygotes stay for a second."""
    monkeypatch.setenv("GRADER_STATE", str(tmp_path))
    monkeypatch.setenv("GRADER_IDLE_S", "1")
    return tmp_path / "zygotes"


def test_it_serves_one_pool_after_the_other_and_ends_when_nobody_comes(assignment: Assignment, state: Path) -> None:
    """Two pools in turn have one zygote with locked kernels, which ends after both."""
    with KernelPool(assignment) as first:
        address = first.address
    with KernelPool(assignment) as second, second.kernel("narrow") as kernel:
        assert second.address == address
        assert second.info.sandbox
        assert kernel.alive
    with contextlib.closing(Connection(address)) as connection:
        assert connection._socket.recv(1) == b""

    assert not any(state.glob("*.address"))


def test_whoever_started_it_is_not_warned_that_it_goes_on(
    assignment: Assignment, state: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """That is what it is for."""
    with KernelPool(assignment) as pool:
        assert pool.address
    del pool
    gc.collect()

    assert not recwarn.list


def test_a_zygote_that_cannot_start_says_why(assignment: Assignment, state: Path, tmp_path: Path) -> None:
    """The author of a prelude reads the same as without."""
    prelude = tmp_path / "prelude.py"
    prelude.write_text("MODELS = ()\nnothing\n")

    with (
        KernelPool(dataclasses.replace(assignment, prelude=prelude)) as pool,
        pytest.raises(AssignmentError, match=r"prelude\.py: line 2: NameError"),
    ):
        _ = pool.address


def test_an_author_who_changes_a_check_finds_it_again(assignment: Assignment, tmp_path: Path) -> None:
    """Changes of checks, mistakes, notebooks and the solution load nothing anew."""
    root = shutil.copytree(assignment.root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    before = prelude_digest(load_assignment(str(root)))

    for name in ("test_more.py", "conftest.py", "misconceptions.py", "more.ipynb", assignment.solution.name):
        (root / name).write_text("# changed\n")
    same = prelude_digest(load_assignment(str(root)))
    (root / "words.txt").write_text("one more")
    other = prelude_digest(load_assignment(str(root)))

    assert same == before != other


@pytest.mark.parametrize(
    "change",
    [{"digest": "1" * 64}, {"prelude": "/other/prelude.py"}, {"sandbox": "off"}, {"hidden": ("/usr/lib/secret",)}],
    ids=lambda change: next(iter(change)),
)
def test_another_zygote_is_not_taken_for_it(change: dict[str, object]) -> None:
    """What decides what a kernel holds and may read decides which zygote is found."""
    assert dataclasses.replace(PLAN, **change).kind() != PLAN.kind()


def test_models_that_lie_elsewhere_are_another_zygote_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are loaded once, from where the environment says."""
    before = PLAN.kind()
    monkeypatch.setenv("GRADER_GPT2_DIR", "/models")

    assert PLAN.kind() != before


def test_what_no_kernel_could_read_is_hidden_by_every_zygote(tmp_path: Path) -> None:
    """So a cache that lies elsewhere makes no difference."""
    assert dataclasses.replace(PLAN, hidden=("/course", str(tmp_path))).kind() == PLAN.kind()
