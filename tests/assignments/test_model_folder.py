"""GPT-2 small is loaded from the folder named for it, and no kernel knows from where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.extract import Segment
from grader.kernel import KernelPool
from tests.kernel.memory_search import SEARCH, planted

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.exhaustive  # tests/kernel/test_no_machine_paths.py asks the same of a small prelude
def test_gpt2_small_is_loaded_from_its_folder_and_tells_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GRADER_GPT2_DIR reaches the process that loads models, and nothing there names it."""
    told: dict[str, str] = {}
    gpt2, course = planted(tmp_path, "gpt2", told), planted(tmp_path, "course", told)
    monkeypatch.setenv("HOME", str(planted(tmp_path, "home", told)))
    monkeypatch.setenv("GRADER_GPT2_DIR", str(gpt2))
    shutil.copytree(ROOT / "reference" / "data" / "embedded", gpt2, dirs_exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", "samples")
    shutil.copytree(ROOT / "reference", course / "reference", ignore=ignore)
    root = shutil.copytree(ROOT / "assignments" / "transformer_interp", course / "of" / "lens", ignore=ignore)
    for file in ("assignment.toml", "prelude.py"):
        text = (root / file).read_text()
        assert '"embedded", "random", "planted"' in text
        (root / file).write_text(text.replace('"embedded", "random", "planted"', '"gpt2-small",'))

    with KernelPool(load_assignment(str(root))) as pool, pool.kernel("gpt2-small") as kernel:
        assert (
            kernel.run([Segment(1, f"{SEARCH}\n\ndef layers():\n    return gpt2_small.cfg.n_layers", frozenset())])
            == {}
        )
        assert kernel.call("layers", cpu_s=10) == 8
        assert kernel.call("search", (told,), cpu_s=60) == {}
