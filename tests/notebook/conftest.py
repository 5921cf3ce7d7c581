"""A release of the tiny assignment, and a real Jupyter kernel beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.release.conftest import released as released


@pytest.fixture(scope="session")
def execute() -> Callable[..., list[Any]]:
    """Run cells in a kernel in a folder, whatever they raise, and return the cells."""

    def execute(folder: Path, state: Path, cells: list[str], kernel: str = "python3") -> list[Any]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        # The grader's own commands, tried out in this process, keep Python from the working folder; students' do not.
        ours = ("PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        client = NotebookClient(
            notebook, allow_errors=True, kernel_name=kernel, resources={"metadata": {"path": str(folder)}}
        )
        client.execute(env=environment | {"GRADER_STATE": str(state)})
        return list(notebook.cells)

    return execute
