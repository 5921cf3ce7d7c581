"""A release of the tiny assignment, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.release import make_release

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that students get of the tiny assignment, without a wheel; not to be changed."""
    folder = tmp_path_factory.mktemp("released") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        make_release(load_assignment(str(TINY)), folder, None)
    return folder
