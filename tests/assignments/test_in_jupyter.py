"""The notebooks in a real Jupyter kernel, as students run them.

The embedded model stands in GPT-2's place.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
# from_pretrained then gives the embedded model; nothing else is taken from there.
OFFLINE = "import runpy\nkernel = runpy.run_path('prelude.py')\n_ = kernel['provide'](kernel['load']('embedded'))"


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    """All cells by id after a run, of the solution and then of the exercise as handed out."""
    solution, exercise = (nbformat.read(ASSIGNMENT / f"{name}.ipynb", 4) for name in ("solution", "exercise"))
    offline = nbformat.v4.new_code_cell(OFFLINE, id="offline")
    asked = [cell for cell in exercise.cells if cell.source.startswith("def ") and "\n\n\ntest_" in cell.source]
    for cell in asked:
        cell.id = f"unfilled-{cell.id}"
    solution.cells = [offline, *solution.cells, *asked]
    client = NotebookClient(solution, allow_errors=True, resources={"metadata": {"path": str(ASSIGNMENT)}})
    # The grader's own commands, tried out in this process, keep Python from the working folder; students' do not.
    client.execute(env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"})
    return {cell.id: cell for cell in solution.cells if cell.cell_type == "code"}


def errors(cell: Any) -> list[Any]:
    return [output for output in cell.outputs if output.output_type == "error"]


def text(cell: Any) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@pytest.mark.slow
def test_the_solved_notebook_runs_from_top_to_bottom(run: dict[str, Any]) -> None:
    """No cell of the solution raises."""
    assert {
        name: e[0].evalue for name, cell in run.items() if not name.startswith("unfilled") and (e := errors(cell))
    } == {}


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["logit-lens-analysis", "residual-stream-activations"])
def test_the_solution_passes_its_tests_in_the_notebook(cell: str, run: dict[str, Any]) -> None:
    """Right below the function it says how many checks pass."""
    assert "visible checks pass" in text(run[cell])


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["unfilled-logit-lens-analysis", "unfilled-residual-stream-activations"])
def test_an_unfilled_exercise_is_answered_by_one_message(cell: str, run: dict[str, Any]) -> None:
    """Running the exercise as handed out shows one message that says so, and no traceback."""
    [error] = errors(run[cell])

    assert error.ename == "CheckFailed"
    assert "not finished yet" in error.evalue
    assert len(error.traceback) == 1
