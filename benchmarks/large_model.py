"""Grade right answers on a model of GPT-2 small's size while every core is busy.

``python -m benchmarks.large_model [FOLDER]`` runs it.

The model has GPT-2 small's shape (12 layers, width 768, 50,257 words) and random weights, so nothing is downloaded; it
takes about 500 MB of disk. Two submissions are graded at once beside one busy loop a core, with the sample that never
ends among them. Every right sample must have full marks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from benchmarks.background_load import busy
from grader.export import read_results
from grader.machine import processors

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED = ROOT / "reference" / "data" / "embedded"
GRADER = Path(sys.executable).with_name("grader")
WORDS = 50_257
JOBS = 2


def main() -> None:
    """Grade the right samples, print each verdict and how long the batch took."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if sys.argv[1:] else Path(made)
        hub = folder / "hub"
        if not hub.exists():
            _model(folder / "gpt2", hub)
        assignment = _assignment(folder)
        handed_in = _handed_in(folder, assignment)
        with busy(processors()):
            wall = _grade(folder, assignment, handed_in, hub)
        print("| notebook | score | duration |\n|---|---|---|")
        for result in read_results(folder / "out" / "results.jsonl"):
            name = Path(str(result.submission.path)).name
            print(f"| {name} | {result.score:g} of {result.max_score:g} {result.message} | {result.duration_s:.0f} s |")
        print(f"\n{wall:.0f} s on the clock")


def _model(place: Path, hub: Path) -> None:
    """Save the model and a hub that has it.

    Its tokenizer is the small one's, filled up to GPT-2's number of words.
    """
    torch.manual_seed(1)
    GPT2LMHeadModel(GPT2Config(initializer_range=0.06)).save_pretrained(place)
    tokenizer = json.loads((EMBEDDED / "tokenizer.json").read_text(encoding="utf-8"))
    words = tokenizer["model"]["vocab"]
    words |= {f"<unused {n}>": n for n in range(len(words), WORDS)}
    (place / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    shutil.copy(EMBEDDED / "tokenizer_config.json", place)
    revision = "0" * 40
    (hub / "models--gpt2" / "refs").mkdir(parents=True)
    (hub / "models--gpt2" / "refs" / "main").write_text(revision, encoding="ascii")
    (hub / "models--gpt2" / "snapshots").mkdir()
    (hub / "models--gpt2" / "snapshots" / revision).symlink_to(place.resolve())


def _assignment(folder: Path) -> Path:
    """Copy the course's assignment, for GPT-2 small in the place of the small model."""
    root = folder / "assignments" / "transformer_interp"
    shutil.rmtree(root.parent, ignore_errors=True)
    shutil.copytree(ROOT / "assignments" / "transformer_interp", root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "reference", folder / "reference", dirs_exist_ok=True)
    for name in ("prelude.py", "assignment.toml"):
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(text.replace('"embedded", "random"', '"gpt2-small", "random"'), encoding="utf-8")
    return root


def _handed_in(folder: Path, assignment: Path) -> Path:
    """Return a folder with the solution's notebook, the right samples and an endless one."""
    handed_in = folder / "submissions"
    shutil.rmtree(handed_in, ignore_errors=True)
    handed_in.mkdir()
    samples = assignment / "samples"
    found = (assignment / "solution.ipynb", *samples.glob("*right*.ipynb"), samples / "wrong_endless_loop.ipynb")
    for notebook in found:
        shutil.copy(notebook, handed_in / notebook.name.replace("doejane_4711_98765_", ""))
    return handed_in


def _grade(folder: Path, assignment: Path, handed_in: Path, hub: Path) -> float:
    """Grade the notebooks; return the seconds on the clock."""
    env = os.environ | {"GRADER_CACHE": str(folder / "cache"), "HF_HUB_CACHE": str(hub)}
    command = [GRADER, "grade", handed_in, "-a", assignment, "-o", folder / "out", "--jobs", str(JOBS), "--fresh"]
    start = time.monotonic()
    subprocess.run(list(map(str, command)), env=env, check=False)  # noqa: S603 - our own command
    return time.monotonic() - start


if __name__ == "__main__":
    main()
