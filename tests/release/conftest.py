"""A release of the tiny assignment, the wheel, and an environment with no more."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.release import make_release
from grader.wheel import build_wheel
from tests.conftest import smallest_wheel

from .outside import Outside, make_outside

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that students get of the tiny assignment; not to be changed.

    The wheel in it holds nothing."""
    folder = tmp_path_factory.mktemp("released") / "course"
    wheel = smallest_wheel(tmp_path_factory.mktemp("empty"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        make_release(load_assignment(str(TINY)), folder, wheel, "https://course.example/tiny.zip")
    return folder


@pytest.fixture(scope="session")
def built_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grader's wheel as it is built."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def outside(built_wheel: Path) -> Iterator[Outside]:
    """A clean environment that holds the wheel."""
    # Beside the packages, which it links to: links do not reach another file system.
    with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="clean-") as folder:
        yield make_outside(Path(folder), built_wheel)
