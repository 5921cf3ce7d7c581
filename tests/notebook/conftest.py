"""A release of the tiny assignment, and a real Jupyter kernel beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader.assignment import load_assignment
from grader.release import make_release

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
Run = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def tiny_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that students get of the tiny assignment, without a wheel; not to be changed."""
    folder = tmp_path_factory.mktemp("released") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        make_release(load_assignment(str(TINY)), folder, None)
    return folder


@pytest.fixture(scope="session")
def execute() -> Callable[[Path, Path, list[str]], list[Any]]:
    """Run cells in a kernel in a folder, whatever they raise, and return the cells."""

    def execute(folder: Path, state: Path, cells: list[str]) -> list[Any]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        # The grader's own commands, tried out in this process, keep Python from the working folder; students' do not.
        ours = ("PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        client = NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}})
        client.execute(env=environment | {"GRADER_STATE": str(state)})
        return list(notebook.cells)

    return execute


@pytest.fixture
def course(tiny_release: Path, tmp_path: Path) -> Path:
    """A student's own copy of the release."""
    return shutil.copytree(tiny_release, tmp_path / "course")
