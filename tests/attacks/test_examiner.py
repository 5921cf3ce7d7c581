"""The examiner as a victim: attacks on its memory, time and import path get through only without its layers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.arena import CHECKOUT

# Of whom more was taken: the bound is between what is taken with a layer and without all of them.
BOUNDS = {
    "compile_bomb": ("child_mb", 680, ("estimate", "reader")),
    "parse_bomb": ("cpu_s", 3.5, ("estimate", "reader")),
    "hoard": ("memory_mb", 390, ("bench",)),
    "twins": ("ran", 0, ("safe path",)),
}
TRIED = [
    pytest.param(name, [x for x in layers if x != kept], id=f"{name}-{kept or 'none'}")
    for name, (_, _, layers) in BOUNDS.items()
    for kept in (*layers, None)
]


@pytest.mark.parametrize(("name", "removed"), TRIED)
def test_an_examiner_is_harmed_only_without_all_layers_that_are_named(
    name: str, removed: list[str], tmp_path: Path
) -> None:
    """With each of them alone it uses no more than its bounds, and runs nothing that lies among uploads."""
    key, bound, layers = BOUNDS[name]

    took = strike(name, removed, tmp_path)

    assert (took[key] > bound) == (set(removed) == set(layers)), took


def strike(name: str, removed: list[str], folder: Path) -> dict[str, Any]:
    """Carry an attack out in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-B", "-m", "tests.attacks.examiner", name, *removed],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "GRADER_CACHE": str(folder / "cache"),
             "GRADER_STATE": str(folder / "state"), "TMPDIR": "/tmp"},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    took: dict[str, Any] = json.loads(done.stdout)
    return took
