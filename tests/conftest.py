"""What all tests share.

Hypothesis draws the same examples in every run, so that a red test is red for everyone. No test touches the state
folder of whoever runs them.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from grader.import_path import skip_slow_imports

skip_slow_imports()
# Several processes run tests side by side: threads of their libraries would wait for each other, and burn time at it.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# What one process takes longest over, first: else it would still be at it when the others are done. The many quick
# files that stand in no folder named here fill what is left.
LONGEST = (
    "attacks",
    "assignments",
    "faults",
    "service",
    "session",
    "plugin",
    "kernel",
    "notebooks",
    "platforms",
    "release",
    "notebook",
    "submission_reader",
    "cli",
    "validation",
)


def pytest_configure(config: pytest.Config) -> None:
    """Keep what the grader keeps in a folder that goes with this run, xdist's processes too."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = tempfile.TemporaryDirectory(prefix="grader-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["GRADER_STATE"] = folder.name
    os.environ["GRADER_IDLE_S"] = "0"  # a test that shares a zygote says so


# Folders whose files share what is costly to start, and so belong in one process.
TOGETHER = {"reference": "models", "assignments": "models"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each of xdist's processes whole files, and some folders as a whole."""
    from xdist.scheduler import LoadFileScheduling

    class ByFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return TOGETHER.get(Path(file).parent.name, file)

    return ByFolder(config, log)


@pytest.fixture(scope="module")
def kept() -> Iterator[None]:
    """Have what grades during these tests use one zygote with others who ask for the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_IDLE_S", "120")
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


@pytest.fixture
def short() -> Iterator[Path]:
    """An empty folder with a path that is short enough for sockets below it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel as small as one can be."""
    return smallest_wheel(tmp_path)


def smallest_wheel(folder: Path) -> Path:
    """Write a wheel as small as one can be."""
    with zipfile.ZipFile(path := folder / "interp_grader-0.1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("grader/__init__.py", "")
        archive.writestr("interp_grader-0.1.0.dist-info/METADATA", "Requires-Dist: torch>=2\nRequires-Dist: numpy\n")
    return path
