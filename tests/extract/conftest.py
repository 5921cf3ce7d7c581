"""Make notebooks from strings, and run in a namespace what was extracted."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.extract import Extraction, extract
from grader.kernel.inside.writefile_magic import WrittenFiles

PROVIDED = ("model", "t", "repeat", "device")
WRITTEN = {"helper", "my_helper", "second", "a", "lib", "one", "two", "src", "code", "written_here"}  # in notebooks
HANDED_OUT = ("import maths as t\nfrom einops import repeat", "model = load()\ndevice = 'cpu'")


def notebook_of(*cells: str) -> NotebookNode:
    """Return a notebook of code cells; one that starts with ``#md`` is a markdown cell."""
    made = [new_markdown_cell(c) if c.startswith("#md") else new_code_cell(c) for c in cells]
    return new_notebook(cells=made)


class Model:
    """Stands for the loaded model, and records what is done to it."""

    def __init__(self) -> None:
        self.cfg = types.SimpleNamespace(n_layers=3, use_attn_result=False)
        self.hooks: list[object] = []

    def set_use_attn_result(self, value: bool) -> None:
        self.cfg.use_attn_result = value

    def call(self, hook: Callable[[int], object]) -> None:
        hook(1)

    register_hook = call

    def register_buffer(self, name: str, value: object) -> None:
        setattr(self, name, value)

    def add_hook(self, hook: object) -> None:
        self.hooks.append(hook)


def provided_objects() -> dict[str, Any]:
    """Return what a kernel holds before a student's code: one object for each provided name."""
    maths = types.SimpleNamespace(stack=list, grad=True)
    maths.set_grad_enabled = lambda on: setattr(maths, "grad", on)
    return {"model": Model(), "t": maths, "repeat": lambda x, n: [x] * n, "device": "cpu"}


def run(extraction: Extraction, shell: object) -> dict[str, Any]:
    """Run an extraction's segments one after the other, as a kernel would.

    One that raises does not stop the others.
    """
    main = types.ModuleType("__main__")
    vars(main).update(provided_objects(), get_ipython=lambda: shell)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", main)
        for segment in extraction.segments:
            with contextlib.suppress(Exception):
                exec(compile(segment.source, f"<cell {segment.cell}>", "exec", dont_inherit=True), vars(main))
    return vars(main)


@pytest.fixture
def notebook() -> Callable[..., NotebookNode]:
    """The function that makes a notebook of code cells from strings."""
    return notebook_of


@pytest.fixture
def extracted() -> Callable[..., Extraction]:
    """Extract ``answer`` (and others if named) from cells given as strings."""

    def _extracted(*cells: str, exercises: tuple[str, ...] = ("answer",), stub: tuple[str, ...] = ()) -> Extraction:
        return extract(notebook_of(*cells), exercises, PROVIDED, notebook_of(*HANDED_OUT, *stub))

    return _extracted


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Extraction], dict[str, Any]]]:
    """Run an extraction in a folder of its own and return the names that it leaves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    finders, path = [*sys.meta_path], [*sys.path]
    files = WrittenFiles()
    shell = types.SimpleNamespace(run_cell_magic=lambda _, line, cell: files.write(line, cell))
    yield lambda extraction: run(extraction, shell)
    sys.meta_path[:], sys.path[:] = finders, path
    for name in [name for name in sys.modules if name.partition(".")[0] in WRITTEN]:
        del sys.modules[name]
