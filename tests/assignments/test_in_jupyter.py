"""The notebooks in a real Jupyter kernel, as students run them beside a release.

The embedded model stands in GPT-2's place, and no answers are recorded for it.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader.assignment import load_assignment
from grader.release.contents import fill_assignment
from grader.release.notebook_tests import notebook_tests
from grader.release.recording import Recording
from grader.release_lookup import TESTS

COURSE = load_assignment("transformer_interp")
LENS, ACTIVATIONS = "logit-lens-analysis", "residual-stream-activations"
# from_pretrained then gives the embedded model; nothing else is taken from there.
OFFLINE = """
import runpy
kernel = runpy.run_path("transformer_interp/prelude.py")
_ = kernel["provide"](kernel["load"]("embedded"))
"""
OWN_MODEL = """
import copy
its_own = copy.deepcopy(gpt2_small)
"""


def edited(cell: Any, name: str, *replaced: tuple[str, str]) -> Any:
    """Return a copy of a cell under another id, with other code in it."""
    cell = nbformat.v4.new_code_cell(cell.source, id=name)
    for old, new in replaced:
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
    return cell


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All cells by id after a run: the solution's, edited ones, the exercise's as given."""
    folder = tmp_path_factory.mktemp("course")
    fill_assignment(COURSE, Recording(hidden=dict.fromkeys(COURSE.names, 1)), folder / COURSE.slug)
    (folder / TESTS).write_text(notebook_tests(COURSE), encoding="utf-8")
    solution, exercise = (nbformat.read(COURSE.root / f"{name}.ipynb", 4) for name in ("solution", "exercise"))
    cells, blank = ({c.id: c for c in notebook.cells} for notebook in (solution, exercise))
    solution.cells = [
        nbformat.v4.new_code_cell(OFFLINE, id="offline"),
        *solution.cells,
        edited(cells[LENS], "resid-post", ("ln2.hook_normalized", "hook_resid_post")),
        nbformat.v4.new_code_cell(OWN_MODEL, id="own-model"),
        edited(cells[LENS], "lens-of-its-own", ("gpt2_small.", "its_own.")),
        *(edited(blank[name], f"unfilled-{name}") for name in (LENS, ACTIVATIONS)),
    ]
    client = NotebookClient(solution, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    # The grader's own commands, tried out in this process, keep Python from the working folder; students' do not.
    client.execute(env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"})
    shutil.rmtree(folder)
    return {cell.id: cell for cell in solution.cells if cell.cell_type == "code"}


def errors(cell: Any) -> list[Any]:
    return [output for output in cell.outputs if output.output_type == "error"]


def shown(cell: Any) -> str:
    return "".join(o.data["text/plain"] for o in cell.outputs if o.output_type == "display_data")


@pytest.mark.slow
def test_the_solved_notebook_runs_from_top_to_bottom(run: dict[str, Any]) -> None:
    """No cell of the solution raises."""
    solved = [cell for name, cell in run.items() if not name.startswith(("unfilled", "resid"))]

    assert [error.evalue for cell in solved for error in errors(cell)] == []


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "passing"), [(LENS, "5 of 9"), (ACTIVATIONS, "3 of 5")])
def test_the_solution_is_told_that_its_properties_were_checked(cell: str, passing: str, run: dict[str, Any]) -> None:
    """Right below the function it says what was checked and passes, and what could not be."""
    assert "only properties of your answers were checked, not their numbers" in shown(run[cell])
    assert f"{passing} visible checks pass" in shown(run[cell])


@pytest.mark.slow
def test_a_wrong_place_is_named_without_recorded_answers(run: dict[str, Any]) -> None:
    """It is said what differs: which part wrote last where the function reads."""
    said = shown(run["resid-post"])

    assert "layer 0 of your lens says the word of the MLP of layer 0; expected that of the attention of layer 0" in said
    assert len(errors(run["resid-post"])[0].traceback) == 1


@pytest.mark.slow
def test_a_function_with_a_model_of_its_own_is_not_failed_for_it(run: dict[str, Any]) -> None:
    """Signals planted in the notebook's model say nothing about it, and it is told so."""
    assert errors(run["lens-of-its-own"]) == []
    assert "answers the same when the weights of your notebook's model are changed" in shown(run["lens-of-its-own"])


@pytest.mark.slow
@pytest.mark.parametrize("cell", [f"unfilled-{LENS}", f"unfilled-{ACTIVATIONS}"])
def test_an_unfilled_exercise_is_answered_by_one_message(cell: str, run: dict[str, Any]) -> None:
    """Running the exercise as handed out shows one message that says so, and no traceback."""
    [error] = errors(run[cell])

    assert error.ename == "ChecksFailed"
    assert "has not been attempted" in shown(run[cell])
    assert len(error.traceback) == 1
