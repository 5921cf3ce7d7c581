"""Where models, and whatever else is on this machine, lie is known to the process that loads them and to no kernel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.extract import Segment
from grader.kernel import KernelPool

from .conftest import SPECIMENS

PRELUDE = """
import os

import huggingface_hub.constants

FOUND = [os.environ.get("GRADER_GPT2_DIR"), huggingface_hub.constants.HF_HUB_CACHE]
"""

LOOK = """
import os, sys


def f():
    import huggingface_hub.constants as constants

    seen = [*sys.argv, *sys.orig_argv, *sys.path, *os.environ.values(), *map(str, vars(constants).values())]
    return found, [text for text in seen if "4711" in text]
"""


def test_the_models_folder_reaches_the_process_that_loads_and_no_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GRADER_GPT2_DIR and the hub's cache, as named for the grader, are there when models are loaded, and gone then."""
    gpt2, hub = tmp_path / "4711" / "gpt2", tmp_path / "4711" / "hub"
    monkeypatch.setenv("GRADER_GPT2_DIR", str(gpt2))
    monkeypatch.setenv("HF_HUB_CACHE", str(hub))
    shutil.copytree(SPECIMENS, tmp_path / "specimens")
    prelude = tmp_path / "specimens" / "prelude.py"
    prelude.write_text(PRELUDE + prelude.read_text().replace("return {", 'return {"found": [*FOUND],', 1))

    with KernelPool(load_assignment(str(tmp_path / "specimens"))) as pool, pool.kernel("narrow") as kernel:
        assert kernel.run([Segment(1, LOOK, frozenset())]) == {}
        assert kernel.call("f", cpu_s=10) == ([str(gpt2), str(hub)], [])
