"""Only the process that loads models knows where things lie on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.errors import AssignmentError, UsageError
from grader.extract import Segment
from grader.kernel import KernelPool

from .conftest import SPECIMENS
from .memory_search import SEARCH, planted

# A prelude like those of courses: it runs a file of its own, is told of folders, and keeps what it read.
PRELUDE = """
import importlib.util
import inspect
import os
from pathlib import Path

import huggingface_hub.constants

_file = Path(__file__).resolve().parent / "course" / "__init__.py"
_spec = importlib.util.spec_from_file_location("_prelude_more", _file)
_more = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_more)
inspect.getmodule(_more)  # keeps the resolved paths of all modules
FOLDERS = os.environ["GRADER_GPT2_DIR"], huggingface_hub.constants.HF_HUB_CACHE
FOUND = [(Path(folder) / "name").read_text() for folder in FOLDERS]


def a_function_of_the_preludes():
    return _more.FACTOR
"""


def test_a_kernel_finds_no_place_in_its_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel's memory names no place of submissions, results, models or the assignment.

    Answers and the home folder are not there either.
    """
    told: dict[str, str] = {}
    home, hub, gpt2 = (planted(tmp_path, n, told) for n in ("home", "hub", "gpt2"))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GRADER_CACHE", str(planted(tmp_path, "cache", told)))
    monkeypatch.setenv("GRADER_GPT2_DIR", str(gpt2))
    monkeypatch.setenv("HF_HUB_CACHE", str(hub))
    course = shutil.copytree(SPECIMENS, planted(tmp_path, "course", told) / "specimens")
    prelude = course / "prelude.py"
    prelude.write_text(
        PRELUDE + prelude.read_text().replace("return {", 'return {"found": FOUND, "a": a_function_of_the_preludes,', 1)
    )
    private = [planted(tmp_path, n, told) for n in ("submissions", "out")]

    with KernelPool(load_assignment(str(course)), private=private) as pool, pool.kernel("narrow") as kernel:
        assert kernel.run([Segment(1, f"{SEARCH}\n\ndef read():\n    return found\n", frozenset())]) == {}
        assert kernel.call("read", cpu_s=10) == ["gpt2", "hub"]
        assert kernel.call("search", (told,), cpu_s=30) == {}


def test_an_author_reads_where_the_prelude_really_lies(light: Assignment, tmp_path: Path) -> None:
    """What goes wrong in it is told with the path that the author knows."""
    course = shutil.copytree(light.root, tmp_path / "course")
    (course / "prelude.py").write_text((course / "prelude.py").read_text() + "\nraise RuntimeError('no weights')\n")

    with KernelPool(load_assignment(str(course))) as pool, pytest.raises(AssignmentError) as caught:
        pool.kernel("narrow")

    assert str(course / "prelude.py") in str(caught.value)


@pytest.mark.parametrize("name", ["GRADER_GPT2_DIR", "GRADER_OTHER_DIR"])
def test_a_folder_of_models_is_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The process that loads them works in another folder than the one that is called from."""
    monkeypatch.setenv(name, "models")

    with pytest.raises(UsageError, match=f"{name} .* absolute path"):
        KernelPool(load_assignment(str(SPECIMENS)))
