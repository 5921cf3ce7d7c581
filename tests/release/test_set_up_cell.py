"""The first cell of a released notebook, in a Jupyter without the grader, as on Colab.

A server on the loopback stands in for the address at which a course publishes its release.
"""

from __future__ import annotations

import functools
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.release.release import write_archive
from grader.release.set_up_cell import set_up_cell
from tests.notebook.conftest import execute as execute

from .outside import make_outside

RIGHT = """
import numpy as np, torch, tests
factor = 2.0
class OnGPU(torch.Tensor):  # as one behaves there, where numpy cannot read it
    cpu = lambda self: self.as_subclass(torch.Tensor)
    numpy = property(lambda self: 1 / 0)
def scale(numbers):
    return (torch.tensor(numbers) * factor).as_subclass(OnGPU)
tests.test_scale(scale)
"""
NOWHERE = "http://127.0.0.1:9/tiny.zip"


@pytest.fixture(scope="module")
def address(released: Path, built_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the tiny release is published, with the real wheel in it."""
    folder = shutil.copytree(released, tmp_path_factory.mktemp("published") / "course")
    for stale in (*folder.glob("*.whl"), folder / "tiny.zip"):
        stale.unlink()
    shutil.copy(built_wheel, folder)
    write_archive(folder, "tiny")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tiny.zip"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a kernel whose environment has all packages but the grader."""
    folder = tmp_path_factory.mktemp("jupyter") / "kernels" / "bare"
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="bare-") as place, pytest.MonkeyPatch.context() as patch:
        python = make_outside(Path(place), None).folder / "bin" / "python"
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        folder.joinpath("kernel.json").write_text(json.dumps({"argv": argv, "display_name": "", "language": "python"}))
        patch.setenv("JUPYTER_PATH", str(folder.parents[1]))
        patch.setenv("PIP_NO_INDEX", "1")
        yield "bare"


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the student's notebook, called as the published one."""
    folder = tmp_path_factory.mktemp("colab")
    (folder / "exercise.ipynb").write_text("mine")
    return folder


@pytest.fixture(scope="module")
def cells(
    address: str, bare: str, student: Path, execute: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """All cells after one run, by name."""
    code = {
        "unreachable": source(NOWHERE),
        "no address": source(""),
        "first": source(address),
        "again": source(address),
        "right": RIGHT,
        "magic": "%grader check",
    }
    return dict(
        zip(code, execute(student, tmp_path_factory.mktemp("state"), [*code.values()], kernel=bare), strict=True)
    )


def source(address: str) -> str:
    return "".join(set_up_cell("tiny", address, with_id=True)["source"])


def said(cell: Any) -> list[str]:
    """Return what a cell shows, an entry for each output."""
    return ["\n".join(o.get("traceback", ())) or o.get("text") or o["data"]["text/plain"] for o in cell.outputs]


def test_the_notebook_begins_with_the_cell(released: Path) -> None:
    """It is the first one with code, knows the address, and leaves a valid notebook."""
    notebook = nbformat.read(released / "exercise.ipynb", 4)
    nbformat.validate(notebook)

    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source == source("https://course.example/tiny.zip")


def test_an_address_that_cannot_be_reached_gets_one_sentence(cells: dict[str, Any]) -> None:
    """Which one, why, and what to do; no traceback."""
    [sentence] = said(cells["unreachable"])

    assert sentence.startswith(f"The checks cannot be had from {NOWHERE} ([Errno 111] Connection refused). Run this")
    assert "\n" not in sentence


def test_without_an_address_the_archive_is_asked_for(cells: dict[str, Any]) -> None:
    """A course that publishes none hands it out with the notebook."""
    assert said(cells["no address"]) == [
        "Put tiny.zip, which came with this notebook, beside it, and run this cell again."
    ]


def test_the_cell_fetches_installs_and_trusts_the_checks(cells: dict[str, Any], student: Path) -> None:
    """In one sentence; a second run has nothing to do. No file is written over."""
    assert said(cells["first"]) == [f"The checks in {student / 'tiny'} are trusted from now on.\n"]
    assert said(cells["again"]) == []
    assert (student / "exercise.ipynb").read_text() == "mine"


def test_checks_run_after_it_on_what_lies_on_a_gpu(cells: dict[str, Any]) -> None:
    """By the course's own call and by the magic."""
    assert any("2 of 2 visible checks pass" in text for text in said(cells["right"]))
    assert any("2 of 2 visible checks pass" in text for text in said(cells["magic"]))
