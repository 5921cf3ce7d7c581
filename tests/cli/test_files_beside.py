"""Files beside a notebook are there for its code, and for nobody else's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import RIGHT, TINY, grader_in, rows, write

pytestmark = pytest.mark.usefixtures("kept")

SCALED = "def scaled(numbers, factor):\n    return [n * factor for n in numbers]\n"
BY_HELPER = "def scale(numbers):\n    return np.asarray(scaled(numbers, factor), 'float32')\n"
IMPORTS = (f"from helper import scaled\n{BY_HELPER}", RIGHT[1])
TAKES_OVER = "from pathlib import Path\nPath({!r}).write_text('run')\n"
NAMES_THAT_ARE_LOADED = ("conftest.py", "sitecustomize.py", "usercustomize.py", "numpy.py", "json.py", "torch.py")


def fill(folder: Path, files: Mapping[str, str]) -> Path:
    """Write texts into files of a folder, by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def hand_in(folder: Path, outside: Path) -> None:
    """Fill a folder with what several students handed in, each in a folder of their own."""
    write(fill(folder / "anna", {"helper.py": SCALED}) / "hw.ipynb", *IMPORTS)
    write(folder / "bert" / "hw.ipynb", *IMPORTS)
    place = folder / "anna" / "helper.py"
    steals = f"def scale(numbers):\n    exec(open({str(place)!r}).read())\n    return numbers\n"
    write(folder / "cora" / "hw.ipynb", steals, RIGHT[1])

    fill(folder / "dora" / "data", {"factor.json": '{"plus": 0}'})
    np.save(folder / "dora" / "zero.npy", np.zeros(1))
    reads = "import json\nplus = json.load(open('data/factor.json'))['plus']\nzero = np.load('zero.npy')\n"
    uses = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor + plus + zero.astype('float32')\n"
    write(folder / "dora" / "hw.ipynb", reads, uses, RIGHT[1])

    fill(folder / "emil" / "tools", {"__init__.py": "from .core import scaled\n", "core.py": SCALED})
    write(folder / "emil" / "hw.ipynb", f"from tools import scaled\n{BY_HELPER}", RIGHT[1])

    fill(folder / "finn", {"helper.py": SCALED})
    write(folder / "finn" / "hw.ipynb", "%run helper.py", BY_HELPER, RIGHT[1])

    fill(folder / "gina", {"helper.py": "def scaled(numbers, factor):\n    first = numbers[0]\n    return first / 0\n"})
    write(folder / "gina" / "hw.ipynb", *IMPORTS)

    files = dict.fromkeys(NAMES_THAT_ARE_LOADED, TAKES_OVER.format(str(outside)))
    fill(folder / "hans", files | {"evil.pth": f"import os; open({str(outside)!r}, 'w')"})
    write(folder / "hans" / "hw.ipynb", *RIGHT)

    fill(folder / "ines" / "src", {"helper.py": SCALED})
    write(folder / "ines" / "work" / "hw.ipynb", "import sys\nsys.path.append('../src')", *IMPORTS)

    fill(folder / "jan", {"helper.py": SCALED})
    writes = BY_HELPER.replace(":\n", ":\n    open('helper.py', 'w').write('scaled = None')\n", 1)
    write(folder / "jan" / "hw.ipynb", f"from helper import scaled\n{writes}", RIGHT[1])


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder in which a batch was graded, and its rows by the students' names."""
    folder = tmp_path_factory.mktemp("batch")
    hand_in(folder / "in", folder / "outside")
    done = grader_in(folder)("grade", folder / "in", "-a", TINY, "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder, {row["submission"]["id"].partition("_")[0]: row for row in rows(folder / "out")}


def messages(row: dict[str, Any]) -> str:
    """Return all that is said of a row's checks."""
    return " ".join(c["message"] for e in row["exercises"] for c in e["checks"])


@pytest.mark.parametrize("student", ["anna", "dora", "emil", "finn", "ines"])
def test_code_finds_what_was_handed_in_with_it(batch: tuple[Path, dict[str, Any]], student: str) -> None:
    """Modules, packages, data and folders beside the notebook are as at home."""
    row = batch[1][student]

    assert row["score"] == row["max_score"], messages(row)


@pytest.mark.parametrize("student", ["bert", "cora"])
def test_code_does_not_find_what_another_handed_in(batch: tuple[Path, dict[str, Any]], student: str) -> None:
    """Neither by its name nor by the path at which it lies."""
    row = batch[1][student]

    assert row["exercises"][0]["score"] == 0


def test_files_named_like_modules_do_nothing_outside_and_replace_nothing_inside(
    batch: tuple[Path, dict[str, Any]],
) -> None:
    """No process looks for code where uploads lie, and what is loaded stays loaded."""
    folder, found = batch
    row = found["hans"]

    assert row["score"] == row["max_score"], messages(row)
    assert not (folder / "outside").exists()


def test_an_error_in_a_file_names_the_file_and_the_line(batch: tuple[Path, dict[str, Any]]) -> None:
    """The sentence and the traceback say where in the student's file it was."""
    check = batch[1]["gina"]["exercises"][0]["checks"][0]

    assert "helper.py, line 3" in check["message"]
    assert check["traceback"][-1] == {
        **{"cell": 0, "line": 3, "function": "scaled", "text": "    return first / 0", "file": "helper.py"}
    }


def test_what_code_writes_reaches_neither_the_file_nor_another_kernel(batch: tuple[Path, dict[str, Any]]) -> None:
    """Each kernel works on copies."""
    folder, found = batch
    row = found["jan"]

    assert (folder / "in" / "jan" / "helper.py").read_text() == SCALED
    assert row["score"] == row["max_score"], messages(row)  # kernels on two models have imported it


def test_results_and_pages_say_which_files_there_were(batch: tuple[Path, dict[str, Any]]) -> None:
    """Names and sizes stand in the row, and the pages say what the function used."""
    folder, found = batch
    anna = found["anna"]
    page = (folder / "out" / "feedback" / f"{anna['submission']['id']}.html").read_text()

    assert [(f["name"], f["size"]) for f in anna["submission"]["files"]] == [("helper.py", len(SCALED))]
    assert "It uses helper.py from beside the notebook." in page


def test_ones_own_files_are_there_when_one_checks(tmp_path: Path) -> None:
    """Also a larger one than code may write; beside an upload nothing is looked for."""
    fill(tmp_path, {"helper.py": SCALED})
    np.save(tmp_path / "large.npy", np.zeros(5_000_000))
    notebook = write(tmp_path / "hw.ipynb", "large = np.load('large.npy')\n", *IMPORTS)

    checked = grader_in(tmp_path)("check", notebook, "-a", TINY, "--json")
    hooked = grader_in(tmp_path)("hook", notebook, "-a", TINY)

    row = json.loads(checked.stdout)
    assert checked.returncode == 0, messages(row)
    assert [f["name"] for f in row["submission"]["files"]] == ["helper.py", "large.npy"]
    assert "No module named 'helper'" in messages(json.loads(hooked.stdout))
