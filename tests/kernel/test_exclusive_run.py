"""Kernels of several examiners take turns where one of them has to run alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.kernel.exclusive_run import Turns


class Other:
    """Another examiner, which notes its name in a thread that can be waited for."""

    def __init__(self, folder: Path, name: str, done: list[str]) -> None:
        self.waits = threading.Event()
        self.turns = Turns(folder, self.waits.set)
        self._name = name
        self._done = done
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self, way: str) -> Other:
        self._context: Callable[[], object] = getattr(self.turns, way)
        self._thread.start()
        return self

    def join(self) -> None:
        self._thread.join(timeout=60)

    def _work(self) -> None:
        with self._context():  # type: ignore[attr-defined] # whichever it is
            self._done.append(self._name)


@pytest.fixture
def done() -> list[str]:
    return []


def test_kernels_run_side_by_side(tmp_path: Path, done: list[str]) -> None:
    """Nobody waits while nobody wants to be alone."""
    with Turns(tmp_path).beside_others():
        Other(tmp_path, "other", done).start("beside_others").join()

    assert done == ["other"]


def test_nobody_runs_beside_one_that_is_alone(tmp_path: Path, done: list[str]) -> None:
    """Others wait, and show that they live; the one itself goes on."""
    mine = Turns(tmp_path)
    with mine.alone():
        other = Other(tmp_path, "other", done).start("beside_others")
        assert other.waits.wait(60)
        with mine.beside_others():
            done.append("mine")
    other.join()

    assert done == ["mine", "other"]


def test_who_wants_to_be_alone_waits_only_for_what_runs_already(tmp_path: Path, done: list[str]) -> None:
    """Whoever comes later comes after it, however many there are."""
    with Turns(tmp_path).beside_others():
        alone = Other(tmp_path, "alone", done).start("alone")
        assert alone.waits.wait(60)
        late = [Other(tmp_path, "late", done).start("beside_others") for _ in range(3)]
        assert all(other.waits.wait(60) for other in late)
        assert done == []
    for other in (alone, *late):
        other.join()

    assert done == ["alone", "late", "late", "late"]
