"""Visible checks inside a running notebook, with a release beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.first_of_each import first_of_each

SETUP = "import numpy as np\nimport tests\nfactor = 2.0"
RIGHT = 'def scale(numbers):\n    print("mine")\n    return np.asarray(numbers, "float32") * factor'
WRONG = 'def scale(numbers):\n    return np.asarray(numbers, "float32") + factor'
CRASH = "def scale(numbers):\n    return numbers.sum()"
INNER = "def pair(number):\n    return number, helper(number)\ndef helper(number):\n    return number[0]"
CHECK = "tests.test_scale(scale, factor)"
CELLS = {
    "setup": SETUP,
    "right": f"{RIGHT}\n{CHECK}",
    "wrong": f"{WRONG}\n{CHECK}",
    "crash": f"{CRASH}\n{CHECK}",
    "inner": f"{INNER}\ntests.test_pair(pair)",
    "other model": f"factor = 7.0\n{WRONG}\n{CHECK}",
    "second model": f"factor = 3.0\n{RIGHT}\n{CHECK}",
    "empty": f"factor = 2.0\ndef scale(numbers):\n    pass\n{CHECK}",
    "stop": f"def scale(numbers):\n    raise KeyboardInterrupt\n{CHECK}",
    "left": "import sys\n[n for n in sys.modules if 'checks' in n and n[0] != 'g'], sys.dont_write_bytecode, print('heard')",  # noqa: E501 - one cell
    "load": f"factor = 2.0\n{WRONG}\n%load_ext grader\n%grader check",
    "trusted": "%grader trust\n%grader check",
    "undefined": "del pair\n%grader check",
    "elsewhere": "import os; os.chdir('..')\n%grader check",
}


@pytest.fixture(scope="module")
def cells(
    released: Path, tmp_path_factory: pytest.TempPathFactory, execute: Callable[..., list[Any]]
) -> dict[str, Any]:
    """All cells after one run, by name."""
    done = execute(released, tmp_path_factory.mktemp("state"), list(CELLS.values()))
    return dict(zip(CELLS, done, strict=True))


def shown(cell: Any, kind: str = "text/plain") -> str:
    return "\n".join(str(o.data[kind]) for o in cell.outputs if o.output_type == "display_data")


def printed(cell: Any) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def error(cell: Any) -> Any:
    [found] = [o for o in cell.outputs if o.output_type == "error"]
    return found


def test_a_right_function_passes(cells: dict[str, Any]) -> None:
    """It is said how many pass and how many more there are; what it prints appears."""
    assert [o.output_type for o in cells["right"].outputs if o.output_type == "error"] == []
    assert "2 of 2 visible checks pass; 2 further checks run at grading." in shown(cells["right"])
    assert "mine" in printed(cells["right"])


def test_a_known_mistake_is_named_after_each_edit(cells: dict[str, Any]) -> None:
    """Checks run again on the function as it is now, and say what grading says."""
    assert "Looks like: It adds. Multiply." in shown(cells["wrong"])
    assert error(cells["wrong"]).traceback == ["ChecksFailed: scale: 0 of 2 visible checks pass."]


@pytest.mark.parametrize("cell", ["right", "wrong"])
def test_the_report_is_plain_html(cells: dict[str, Any], cell: str) -> None:
    """It needs no script and loads nothing."""
    html = shown(cells[cell], "text/html")

    assert "It scales." in html
    assert not [word for word in ("<script", "src=", "javascript:", " onload", "@import", "url(") if word in html]


def test_a_crash_is_told_with_the_students_own_line(cells: dict[str, Any]) -> None:
    """The line of the cell that runs, and no line of ours or of a library."""
    said = shown(cells["crash"])

    assert "cell 4, line 2: return numbers.sum()" in said
    assert "AttributeError" in said
    assert not [word for word in ("live_functions", "site-packages", "Traceback") if word in said]
    assert len(error(cells["crash"]).traceback) == 1


def test_the_innermost_line_of_a_helper_is_told(cells: dict[str, Any]) -> None:
    """A traceback leads through the student's cells alone."""
    assert "cell 5, line 4: return number[0]" in shown(cells["inner"])


def test_checks_on_a_model_without_recorded_answers_are_left_out_and_counted(cells: dict[str, Any]) -> None:
    """They have nothing to compare with: neither passed nor failed."""
    said = shown(cells["other model"])

    assert "There are no recorded answers for your notebook's model, so only properties of your answers were" in said
    assert "not their numbers: 2 visible checks were left out." in said
    assert "scale: not all checked here" in said
    assert "Looks like" not in said


def test_the_answers_of_the_notebooks_own_model_are_compared_with(cells: dict[str, Any]) -> None:
    """Each of the assignment's models has answers recorded."""
    assert "2 of 2 visible checks pass" in shown(cells["second model"])


def test_a_function_that_is_not_written_yet_is_told_so(cells: dict[str, Any]) -> None:
    """What has not been attempted is no mistake."""
    assert "scale: not attempted" in shown(cells["empty"])
    assert "`scale` has not been attempted: its body is empty." in shown(cells["empty"])


def test_an_interrupt_stops_the_checks(cells: dict[str, Any]) -> None:
    """It is the student's wish, and no answer."""
    assert error(cells["stop"]).traceback == ["You stopped the checks."]


def test_the_process_is_left_as_it_was(cells: dict[str, Any], released: Path) -> None:
    """Output appears, no modules of checks stay, and nothing is written beside the notebook."""
    assert "heard" in printed(cells["left"])
    assert "([], False, None)" in str(cells["left"].outputs)
    assert not [p for p in released.rglob("*") if p.name == ".pytest_cache"]
    assert not [*(released / "tiny").rglob("*.pyc")]


def test_the_magic_runs_only_checks_that_are_trusted(cells: dict[str, Any]) -> None:
    """Loading the extension trusts nothing; ``%grader trust`` does."""
    assert "`%grader trust`" in printed(cells["load"])
    assert shown(cells["load"]) == ""
    assert "Looks like: It adds. Multiply." in shown(cells["trusted"])
    assert "cell 5, line 4: return number[0]" in shown(cells["trusted"])
    assert "Not defined yet" not in printed(cells["trusted"])


def test_the_magic_names_what_is_not_defined_yet(cells: dict[str, Any]) -> None:
    """What cannot be checked is not passed over in silence."""
    assert "Not defined yet: pair." in printed(cells["undefined"])
    assert "scale: not right yet" in shown(cells["undefined"])


def test_the_magic_says_where_there_are_no_checks(cells: dict[str, Any]) -> None:
    """In one sentence, without a traceback."""
    assert "There are no checks in" in printed(cells["elsewhere"])
    assert [o for o in cells["elsewhere"].outputs if o.output_type == "error"] == []


NO_JUPYTER = "import sys; sys.modules |= dict.fromkeys(('jupyter_client', 'ipykernel'))"


@pytest.mark.parametrize("before", first_of_each(["", NO_JUPYTER], type, str))
def test_without_a_notebook_it_is_text(released: Path, before: str) -> None:
    """As in a script of the student's own; which Jupyter there is does not matter."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{before}\n{SETUP}\n{WRONG}\n{CHECK}"],
        cwd=released,
        env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Looks like: It adds. Multiply." in done.stdout
    assert done.stderr.strip().endswith("ChecksFailed: scale: 0 of 2 visible checks pass.")
